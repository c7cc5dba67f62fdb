package sherd.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import sherd.engine.time.SystemClock;

/** Every input that fuzzing has found to break something, by the name of what was wrong. */
final class FoundCrashesTest {
    private static final String END = ".gz";

    @TempDir
    private Path folder;

    static Stream<String> found() throws IOException, URISyntaxException {
        try (var files = Files.list(inputs())) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(END))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Path inputs() throws URISyntaxException {
        return Path.of(Objects.requireNonNull(FoundCrashesTest.class.getResource("routes-a-table-without-a-name" + END))
                        .toURI())
                .resolveSibling("");
    }

    @ParameterizedTest
    @MethodSource("found")
    void staysFixed(String file) throws IOException, URISyntaxException {
        byte[] input;
        try (var bytes = new GZIPInputStream(Files.newInputStream(inputs().resolve(file)))) {
            input = bytes.readAllBytes();
        }
        var target = file.substring(0, file.indexOf('-'));
        var outcome = new Campaign(target, folder, new SystemClock(), 10_000).run(List.of(input));
        assertThat(outcome.crashes()).isEmpty();
    }
}
