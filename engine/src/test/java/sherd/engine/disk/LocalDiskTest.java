package sherd.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.error.StoreException;

final class LocalDiskTest {
    @TempDir
    private Path folder;

    private LocalDisk disk;

    @BeforeEach
    void open() throws IOException {
        disk = new LocalDisk(folder.resolve("deep/data"));
    }

    @Test
    void whatIsWrittenIsReadBackAtItsOffset() throws IOException {
        try (var file = disk.create("log/a")) {
            file.write(bytes("hello world"), 0);
            file.write(bytes("W"), 6);
            file.sync();
            assertThat(file.size()).isEqualTo(11);
        }
        disk.syncFolder("log");
        disk.syncFolder("");
        try (var file = disk.open("log/a")) {
            var target = ByteBuffer.allocate(100);
            assertThat(file.read(target, 6)).isEqualTo(5);
            assertThat(new String(target.array(), 0, 5, StandardCharsets.UTF_8)).isEqualTo("World");
            assertThat(file.read(ByteBuffer.allocate(1), 11)).isZero();
        }
        assertThat(disk.size("log/a")).isEqualTo(11);
    }

    @Test
    void blocksWrittenPastTheCacheAreReadBackBesideOthers() throws IOException {
        var random = new Random(7);
        var content = new byte[64 << 10];
        random.nextBytes(content);
        try (var file = disk.create("direct");
                var arena = Arena.ofConfined()) {
            long block = file.directBlock();
            assumeThat(block).as("the file system cannot write past its cache").isPositive();
            var whole =
                    arena.allocate(content.length, DiskFile.MAX_DIRECT_BLOCK).copyFrom(MemorySegment.ofArray(content));
            file.write(whole.asSlice(0, 3 * block).asByteBuffer(), 0);
            file.writeDirect(
                    whole.asSlice(3 * block, content.length - 5 * block).asByteBuffer(), 3 * block);
            file.write(whole.asSlice(content.length - 2 * block, 2 * block).asByteBuffer(), content.length - 2 * block);
            file.sync();
            var target = ByteBuffer.allocate(content.length);
            assertThat(file.read(target, 0)).isEqualTo(content.length);
            assertThat(target.array()).isEqualTo(content);
            var unaligned = whole.asSlice(1, block).asByteBuffer();
            assertThatThrownBy(() -> file.writeDirect(unaligned, 0)).isInstanceOf(IOException.class);
        }
        assertThat(Files.readAllBytes(folder.resolve("deep/data/direct"))).isEqualTo(content);
    }

    @Test
    void truncateCutsAndLaterWritesGrowAgain() throws IOException {
        try (var file = disk.create("a")) {
            file.write(bytes("hello"), 0);
            file.truncate(2);
            assertThat(file.size()).isEqualTo(2);
            file.write(bytes("y"), 3);
        }
        assertThat(Files.readAllBytes(folder.resolve("deep/data/a"))).containsExactly('h', 'e', 0, 'y');
    }

    @Test
    void createRefusesAnExistingFileAndOpenAMissingOne() throws IOException {
        disk.create("a").close();
        assertThatThrownBy(() -> disk.create("a")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.open("b")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> disk.openForWrite("b")).isInstanceOf(IOException.class);
        assertThat(disk.exists("a")).isTrue();
        assertThat(disk.exists("b")).isFalse();
    }

    @Test
    void aFileOpenedForReadingIsNotWritten() throws IOException {
        disk.create("a").close();
        try (var file = disk.open("a")) {
            assertThatThrownBy(() -> file.write(bytes("x"), 0))
                    .isInstanceOf(java.nio.channels.NonWritableChannelException.class);
        }
    }

    @Test
    void listNamesTheFilesOfOneFolderInOrder() throws IOException {
        disk.create("x/b").close();
        disk.create("x/a").close();
        disk.create("x/y/c").close();
        assertThat(disk.list("x")).containsExactly("a", "b");
        assertThat(disk.list("none")).isEmpty();
        assertThat(disk.list("")).isEmpty();
    }

    @Test
    void renameReplacesAndDeleteForgives() throws IOException {
        try (var file = disk.create("new")) {
            file.write(bytes("new"), 0);
        }
        disk.create("old").close();
        disk.rename("new", "old");
        assertThat(disk.list("")).containsExactly("old");
        assertThat(disk.size("old")).isEqualTo(3);
        disk.delete("old");
        disk.delete("old");
        assertThat(disk.list("")).isEmpty();
    }

    @Test
    void namesDoNotLeaveTheFolder() {
        assertThatThrownBy(() -> disk.create("../a")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> disk.create("/etc/a")).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> disk.delete("")).isInstanceOf(StoreException.class);
    }

    @Test
    void theLockIsHeldOnceAndItsFileStaysEmpty() throws Exception {
        var same = new LocalDisk(folder.resolve("deep/../deep/data"));
        var lock = disk.tryLock("LOCK");
        assertThat(lock).isNotNull();
        assertThat(same.tryLock("LOCK")).isNull();
        assertThat(disk.tryLock("LOCK")).isNull();
        assertThat(disk.size("LOCK")).isZero();
        lock.close();
        lock.close();
        try (var again = same.tryLock("LOCK")) {
            assertThat(again).isNotNull();
        }
    }

    @Test
    void anotherProcessDoesNotGetTheLockEvenAfterThisOneAskedTwice() throws Exception {
        try (var lock = disk.tryLock("LOCK")) {
            assertThat(lock).isNotNull();
            assertThat(disk.tryLock("LOCK")).isNull();
            assertThat(lockedByAnotherProcess()).isFalse();
        }
        assertThat(lockedByAnotherProcess()).isTrue();
    }

    private boolean lockedByAnotherProcess() throws Exception {
        Path source = folder.resolve("Locker.java");
        Files.writeString(source, """
                import java.nio.channels.*;
                import java.nio.file.*;
                class Locker {
                    public static void main(String[] args) throws Exception {
                        var channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE);
                        System.exit(channel.tryLock() == null ? 3 : 0);
                    }
                }
                """);
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        source.toString(),
                        folder.resolve("deep/data/LOCK").toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isIn(0, 3);
        return process.exitValue() == 0;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
