package sherd.engine.disk;

import java.nio.channels.FileChannel;

/** A file that the system can send to a socket by itself, from its cache; open as long as the file that gave it is. */
public record SendableFile(FileChannel channel) {}
