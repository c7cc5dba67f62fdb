package sherd.engine.planted.sound.disk;

import java.lang.foreign.Arena;
import java.nio.file.Path;

record MapsFiles(Path path, Arena arena) {}
