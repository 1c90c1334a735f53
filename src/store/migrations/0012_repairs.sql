-- What had to be mended to read a source's last body; a list of terms. NULL where none was read.
ALTER TABLE source ADD COLUMN repairs TEXT;
