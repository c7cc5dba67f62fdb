package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of its own, small enough to be filled. */
final class SmallDisk {
    private static final int CHUNK = 64 << 10;

    private final Path folder;
    private final Path ballast;

    /** Skips the test where mounting is not allowed. */
    SmallDisk(Path folder, int mebibytes) throws IOException, InterruptedException {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
        Files.createDirectories(folder);
        var said = run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString());
        assumeTrue(said.isEmpty(), "a full disk needs a mount of its own, and mounting is not permitted: " + said);
    }

    /** Empty if the command succeeded, else what it said. */
    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? "" : "status " + process.exitValue() + " " + said.strip();
    }

    Path data() {
        return folder.resolve("data");
    }

    /** Takes all room but so much. */
    void leave(long bytes) throws IOException {
        try (var out = Files.newByteChannel(
                ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            for (long room = room(); room > bytes; room = room()) {
                out.write(ByteBuffer.allocate((int) Math.min(CHUNK, room - bytes)));
            }
        }
    }

    private long room() throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }

    /** Makes room. */
    void clear() throws IOException {
        Files.delete(ballast);
    }

    void unmount() throws IOException, InterruptedException {
        assertThat(run("umount", folder.toString())).as("files still open").isEmpty();
    }
}
