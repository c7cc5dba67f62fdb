package sherd.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.bench.frame.BenchException;
import sherd.bench.side.Filler;
import sherd.bench.side.Memcached;
import sherd.bench.side.SherdNode;
import sherd.server.cli.RespClient;
import sherd.server.config.HostPort;

final class LoadGeneratorTest {
    private static final int KEYS = 1_000;
    private static final int VALUE_BYTES = 64;

    private final LoadGenerator generator = new LoadGenerator();

    @TempDir
    private Path folder;

    private static CommandSource mix(Dialect dialect, double writes) {
        var random = new SplittableRandom(1);
        return CommandSource.mix(dialect, new KeyChoice.Uniform().over(KEYS, random), writes, VALUE_BYTES, random);
    }

    private SherdNode node() throws IOException {
        return SherdNode.start(Files.createDirectory(folder.resolve("data")), List.of());
    }

    @Test
    void allThatIsSentIsAnsweredAndCounted() throws IOException {
        try (generator;
                var node = node();
                var client = new RespClient(node.resp())) {
            Filler.fill(node.resp(), KEYS, VALUE_BYTES);
            var counted = LoadGenerator.ended(
                    generator.counted(new Load(node.resp(), 4, 16, mix(Dialect.RESP, 0.5)), 10_000));
            assertThat(counted.commands()).isEqualTo(10_000);
            assertThat(counted.misses()).isZero();
            assertThat(counted.hasWrites()).isTrue();
            var open = LoadGenerator.ended(
                    generator.open(new Load(node.resp(), 3, 2, mix(Dialect.RESP, 0)), 10_000, 0, 0.5));
            assertThat(open.commands()).isBetween(4_990L, 5_010L); // due in half a second, however fast the machine
            assertThat(open.hasWrites()).isFalse();
            assertThat(client.call(List.of("DBSIZE")).shown()).isEqualTo("(integer) " + KEYS);
        }
    }

    @Test
    void newKeysAreNewEachTimeAndSomeAreGoneSoon() throws Exception {
        try (generator;
                var node = node();
                var client = new RespClient(node.resp())) {
            var random = new SplittableRandom(1);
            var growing = new Load(node.resp(), 1, 4, CommandSource.growing(VALUE_BYTES, random));
            LoadGenerator.ended(generator.counted(growing, 100));
            LoadGenerator.ended(generator.counted(growing, 100));
            assertThat(client.call(List.of("DBSIZE")).shown()).isEqualTo("(integer) 200");
            var expiring = new Load(node.resp(), 1, 4, CommandSource.expiring(50, VALUE_BYTES, random));
            LoadGenerator.ended(generator.counted(expiring, 100));
            while (!client.call(List.of("EXISTS", "ttl:000000000099")).shown().equals("(integer) 0")) {
                Thread.sleep(5);
            }
        }
    }

    @Test
    void memcachedIsSpokenToInItsOwnTongue() throws IOException {
        try (generator;
                var memcached = Memcached.start(Files.createDirectory(folder.resolve("memcached")), 64)) {
            Filler.fill(memcached.resp(), memcached.dialect(), KEYS, VALUE_BYTES);
            var measured = LoadGenerator.ended(
                    generator.counted(new Load(memcached.resp(), 4, 16, mix(memcached.dialect(), 0.5)), 10_000));
            assertThat(measured.commands()).isEqualTo(10_000);
            assertThat(measured.misses()).isZero();
        }
    }

    /** Who waits for replies before sending would see one slow command a connection; here all that were due waited. */
    @Test
    void whileAServerStandsStillAllThatIsDueWaits() throws Exception {
        try (generator;
                var listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serveStandingStillOnce(listener));
            var address = new HostPort(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
            var measured =
                    LoadGenerator.ended(generator.open(new Load(address, 1, 1, mix(Dialect.RESP, 1)), 1_000, 0, 1));
            assertThat(measured.commands()).isBetween(999L, 1_001L);
            assertThat(measured.writeMillis(80)).as("a fifth waited this long").isGreaterThan(100);
            assertThat(measured.writeMillis(100)).isGreaterThan(450);
        }
    }

    private static void serveStandingStillOnce(ServerSocket listener) {
        try (var socket = listener.accept()) {
            var request = new byte
                    [Dialect.RESP
                            .text("SET", Request.key("key"), Request.value(VALUE_BYTES))
                            .length()];
            for (int i = 0; socket.getInputStream().readNBytes(request, 0, request.length) == request.length; i++) {
                if (i == 300) {
                    Thread.sleep(500);
                }
                socket.getOutputStream().write(Dialect.RESP.done().getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aServerThatGoesAwayEndsTheLoad() throws Exception {
        try (generator;
                var listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            var seen = new AtomicLong();
            Thread.ofVirtual().start(() -> {
                try (Socket socket = listener.accept()) {
                    seen.addAndGet(socket.getInputStream().read());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            var address = new HostPort(listener.getInetAddress().getHostAddress(), listener.getLocalPort());
            var load = generator.closed(new Load(address, 1, 1, mix(Dialect.RESP, 0)), 0, 60);
            assertThatThrownBy(() -> LoadGenerator.ended(load))
                    .isInstanceOf(BenchException.class)
                    .hasMessageContaining("the load broke off");
            assertThat(seen.get()).isEqualTo('*');
        }
    }
}
