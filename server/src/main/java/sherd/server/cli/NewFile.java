package sherd.server.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that gets its name when all of it is written and synced; closed before that, it goes. */
final class NewFile implements AutoCloseable {
    private final Path target;
    private final Path unfinished;
    private final FileOutputStream file;
    private final OutputStream buffered;

    /** @throws WrongUseException if there is such a file, which is never written over */
    NewFile(Path target) throws IOException {
        if (Files.exists(target)) {
            throw new WrongUseException("there is such a file already: " + target + "; name a new one");
        }
        this.target = target.toAbsolutePath();
        unfinished = this.target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        file = new FileOutputStream(unfinished.toFile());
        unfinished.toFile().deleteOnExit(); // also when the process is told to end
        buffered = new BufferedOutputStream(file, 1 << 16);
    }

    OutputStream out() {
        return buffered;
    }

    /** Returns its bytes. */
    long publish() throws IOException {
        buffered.flush();
        file.getFD().sync();
        file.close();
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        return Files.size(target);
    }

    @Override
    public void close() throws IOException {
        file.close();
        Files.deleteIfExists(unfinished);
    }
}
