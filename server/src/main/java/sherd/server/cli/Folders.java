package sherd.server.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import sherd.engine.disk.Disk;
import sherd.engine.disk.LocalDisk;

/** Data folders that verbs look into without a node. */
final class Folders {
    private Folders() {}

    /** A folder that is there and looks like one of ours, since opening a folder would make it. */
    static Disk existing(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new WrongUseException("not a folder: " + folder + "; name the data folder of a node");
        }
        boolean ours = Files.exists(folder.resolve("catalog"))
                || Files.exists(folder.resolve("LOCK"))
                || Files.isDirectory(folder.resolve("log"))
                || Files.isDirectory(folder.resolve("segments"));
        if (!ours) {
            throw new WrongUseException("not a data folder: " + folder
                    + " has neither catalog nor log; name the folder that storage.data was set to");
        }
        return open(folder);
    }

    static Disk open(Path folder) {
        try {
            return new LocalDisk(folder);
        } catch (IOException e) {
            throw new BadException("cannot open the folder: " + folder + " (" + e + ")", e);
        }
    }
}
