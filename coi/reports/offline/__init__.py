"""What lies in an exported record beside the record: it is read and run without the program."""
