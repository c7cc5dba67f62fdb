package sherd.engine.planted.file.log;

import java.nio.file.Path;

record OwnFile(Path path) {}
