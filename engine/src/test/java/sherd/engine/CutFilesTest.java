package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.disk.LocalDisk;

/**
 * Mapped files are cut and changed under load, by this process in the files of another one, so that the death of its
 * virtual machine would be seen.
 */
final class CutFilesTest {
    private static final int PAGE = 4096;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void noCutAndNoChangeEndsTheProcessAndTheRestIsServed() throws Exception {
        var data = folder.resolve("data");
        var files = LoadedReader.fill(data);
        flip(data.resolve(files.get(1)));
        flip(data.resolve(files.get(2)));
        var errors = folder.resolve("errors").toFile();
        var reader = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoadedReader.class.getName(),
                        data.toString())
                .directory(folder.toFile())
                .redirectError(errors)
                .start();
        List<String> said;
        try (var lines = reader.inputReader();
                var orders = reader.outputWriter()) {
            assertThat(lines.readLine())
                    .as(() -> content(errors.toPath()))
                    .isEqualTo("warm mapped=" + LoadedReader.SEGMENTS);
            var random = new Random(5);
            var cuts = new long[] {0, 1, PAGE, 3 * PAGE + 17, 40 * PAGE, 100_000};
            for (int i = 0; i < cuts.length && reader.isAlive(); i++) {
                cut(data.resolve(files.get(3 + i)), cuts[i]);
                Thread.sleep(30 + random.nextInt(60));
            }
            assertThat(reader.isAlive())
                    .as(() -> "alive; " + lines.lines().limit(12).toList())
                    .isTrue();
            orders.write("stop\n");
            orders.flush();
            said = lines.lines().toList();
            assertThat(reader.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            reader.destroyForcibly();
        }
        assertThat(reader.exitValue()).as(() -> content(errors.toPath())).isZero();
        assertThat(folder.resolve("crash.log")).doesNotExist();
        assertThat(said)
                .containsExactly("damaged=8 words=" + (LoadedReader.SEGMENTS - 8) * LoadedReader.ROWS + " problems=0");
        assertThat(Engine.check(new LocalDisk(data))).isNotEmpty();
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }

    private static void cut(Path file, long size) throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    private static void flip(Path file) throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (long at = 700; at < channel.size() - PAGE; at += 1031) {
                var one = ByteBuffer.allocate(1);
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
                channel.write(one, at);
            }
        }
    }
}
