package sherd.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code scripts/aot.sh} makes of a build: a start uses it where it can, and is quiet where it cannot. */
final class KeptClassesTest {
    private static final List<String> OPTIONS = List.of(
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");
    private static final long MOST_SECONDS = 120;

    @TempDir
    private Path folder;

    private String classPath = "";

    /** The JVM keeps no classes of folders, so these become jars as the launcher has them. */
    @BeforeEach
    void pack() {
        int folders = 0;
        var jars = new ArrayList<String>();
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!Files.isDirectory(Path.of(entry))) {
                jars.add(entry);
            } else if (!entry.contains("test-classes")) {
                var jar = folder.resolve("classes-" + folders++ + ".jar").toString();
                assertThat(ToolProvider.findFirst("jar")
                                .orElseThrow()
                                .run(System.out, System.err, "cf", jar, "-C", entry, "."))
                        .isZero();
                jars.add(jar);
            }
        }
        classPath = String.join(File.pathSeparator, jars);
    }

    private record Result(int status, String out, String err) {}

    private Result run(List<String> command) throws IOException, InterruptedException {
        var out = folder.resolve("out").toFile();
        var err = folder.resolve("err").toFile();
        var process = new ProcessBuilder(command)
                .redirectOutput(out)
                .redirectError(err)
                .start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
    }

    private Result version(Path cache, String... options) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of("-cp", classPath, Main.class.getName(), "version"));
        return run(command);
    }

    @Test
    void aStartUsesTheClassesOfTheLastAndNeedsNoneOfThem() throws Exception {
        var script = Path.of("..", "scripts", "aot.sh").toAbsolutePath();
        var cache = folder.resolve("server.aot");
        var keep = ". '" + script + "'; SHERD_JDK='" + System.getProperty("java.home") + "'; sherd_keep_classes '"
                + classPath + "' '" + cache + "' '" + folder.resolve("work") + "' "
                + OPTIONS.stream().collect(Collectors.joining("' '", "'", "'"));
        var kept = run(List.of("bash", "-euo", "pipefail", "-c", keep));
        assertThat(kept.status()).as(kept.err()).isZero();
        assertThat(kept.out()).isEmpty();
        assertThat(cache).isNotEmptyFile();
        var log = Files.readString(folder.resolve("work.log"));
        assertThat(log).containsPattern("rehearsed: commands=\\d{6,} requests=\\d{3,} ms="); // and nothing was refused
        try (var left = Files.list(folder)) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }

        var used = version(cache, "-XX:AOTMode=on"); // which ends the JVM if it cannot use them
        assertThat(used.status()).as(used.out() + used.err()).isZero();
        assertThat(used.out()).startsWith("sherd ").hasLineCount(1);

        var others = version(cache, "-XX:-UseCompactObjectHeaders");
        assertThat(others.status()).isZero();
        assertThat(others.out()).isEqualTo(used.out());
        assertThat(others.err()).isEmpty();
        assertThat(version(cache, "-XX:AOTMode=on", "-XX:-UseCompactObjectHeaders")
                        .status())
                .isNotZero();
    }
}
