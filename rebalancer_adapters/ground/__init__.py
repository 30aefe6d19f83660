"""What every other adapter may stand on: files of the system, strict JSON, problems of inputs."""
