package sherd.bench.frame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A folder that lasts as long as one benchmark, on the disk that holds the checkout. */
public final class Scratch implements AutoCloseable {
    private final Path folder;

    private Scratch(Path folder) {
        this.folder = folder;
    }

    static Scratch make(Path parent) {
        try {
            return new Scratch(Files.createTempDirectory(Files.createDirectories(parent), "scratch-"));
        } catch (IOException e) {
            throw new BenchException("cannot make a folder for the servers' files in " + parent + ": " + e, e);
        }
    }

    /** A new empty folder in it. */
    public Path folder(String name) {
        try {
            return Files.createTempDirectory(folder, name + "-");
        } catch (IOException e) {
            throw new BenchException("cannot make a folder in " + folder + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new BenchException("cannot remove " + folder + ": " + e, e);
        }
    }
}
