-- The requests of `wrk` in tests/bench/load.py: one kommune's statements. Arguments: the endpoint's path, and which requests.
--   same     the same query again and again
--   kommuner each of the 98 kommuner in turn, so that answers come back into use
--   new      a text that no request had before, so that no kept answer helps
local path, kind, codes, turn = "", "", {}, 0

function init(arguments)
  path, kind = arguments[1], arguments[2]
  for number = 3, #arguments do
    codes[#codes + 1] = arguments[number]
  end
end

function request()
  turn = turn + 1
  local code = codes[kind == "kommuner" and (turn - 1) % #codes + 1 or 1]
  local name = kind == "new" and "p" .. os.time() .. "_" .. turn or "p"
  local query = "SELECT%20%3F" .. name .. "%20%3Fo%20WHERE%20%7B%20%3Chttps%3A%2F%2Fw3id.org%2Fkommunegraf%2Fmunicipality%2F" .. code
    .. "%3E%20%3F" .. name .. "%20%3Fo%20%7D"
  return wrk.format("GET", path .. "?query=" .. query, { ["Accept"] = "application/sparql-results+json" })
end
