"""What every other adapter may stand on: files and folders of the operating system."""
