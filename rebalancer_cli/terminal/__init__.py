"""The process around the program: streams, signals, keyboard."""
