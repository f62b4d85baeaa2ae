"""The pages as a folder for any web host, and what earlier versions held."""
