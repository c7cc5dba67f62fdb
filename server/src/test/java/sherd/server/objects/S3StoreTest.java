package sherd.server.objects;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.error.StoreException;
import sherd.engine.objects.ObjectException;
import sherd.engine.objects.ObjectException.Reason;
import sherd.engine.objects.ObjectStore;
import sherd.engine.objects.PatientStore;
import sherd.engine.time.SystemClock;
import sherd.server.config.NodeConfig;
import sherd.server.config.ObjectsConfig;

/** Our client of S3's protocol against a server of somebody else's, and against servers that misbehave. */
final class S3StoreTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** As a node uses it: a connection that was kept and has gone meanwhile costs a second try. */
    private static ObjectStore patient(ObjectStore store) {
        return new PatientStore(
                store, new PatientStore.Patience(3, 10, 0), new SystemClock(), new Random(1), LockSupport::parkNanos);
    }

    private static ObjectStore open(ObjectsConfig config) {
        return Objects.open(config, Map.of(), new SystemClock()).orElseThrow();
    }

    private static ObjectStore.Content content(byte[] bytes) {
        return new ObjectStore.Content() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public String sha256() {
                try {
                    return HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
                } catch (java.security.NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    private static byte[] read(ObjectStore store, String key, long offset, int length) throws IOException {
        var target = ByteBuffer.allocate(length);
        store.read(key, offset, target);
        return target.array();
    }

    private static void assertFails(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ObjectException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    @Test
    void keepsObjects() throws Exception {
        try (var server = new ObjectServer(folder)) {
            for (var config : List.of(server.config(), server.config("objects.prefix="), inFolder())) {
                keepsObjects(config);
            }
        }
    }

    private ObjectsConfig inFolder() {
        return NodeConfig.read(null, List.of("objects.endpoint=file://" + folder.resolve("plain")))
                .objects();
    }

    private static void keepsObjects(ObjectsConfig config) throws Exception {
        try (var plain = open(config)) {
            var store = patient(plain);
            var bytes = new byte[3_000_000];
            new Random(5).nextBytes(bytes);
            assertThat(store.size("a/one")).isEmpty();
            assertThat(store.put("a/one", content(bytes))).isTrue();
            assertThat(store.put("a/one", content("other".getBytes(UTF_8)))).isFalse();
            assertThat(store.size("a/one")).hasValue(bytes.length);
            assertThat(read(store, "a/one", 0, bytes.length)).isEqualTo(bytes);
            assertThat(read(store, "a/one", 1234, 1)).containsExactly(bytes[1234]);
            assertThat(read(store, "a/one", bytes.length - 10, 10))
                    .isEqualTo(java.util.Arrays.copyOfRange(bytes, bytes.length - 10, bytes.length));
            assertThat(store.put("a/two", content(new byte[1]))).isTrue();
            assertThat(store.put("b/three", content(new byte[1]))).isTrue();
            assertThat(store.list("a/")).containsExactly("a/one", "a/two");
            assertFails(Reason.SHORT, () -> read(store, "a/one", bytes.length - 10, 11));
            assertFails(Reason.SHORT, () -> read(store, "a/one", bytes.length + 10, 11));
            assertFails(Reason.MISSING, () -> read(store, "a/four", 0, 1));
            store.delete("a/one");
            store.delete("a/one");
            assertThat(store.size("a/one")).isEmpty();
            assertThat(store.list("a/")).containsExactly("a/two");
            assertThat(store.describe()).doesNotContain("hush");
        }
    }

    @Test
    void manyObjectsAreListedWhole() throws Exception {
        try (var server = new ObjectServer(folder);
                var store = open(server.config())) {
            var keys = new ArrayList<String>();
            for (int i = 0; i < 1100; i++) {
                var key = String.format("many/%04d", i);
                Files.createDirectories(folder.resolve("bucket/sherd/many"));
                Files.write(folder.resolve("bucket/sherd/" + key), new byte[1]);
                keys.add(key);
            }
            assertThat(store.list("many/")).isEqualTo(keys);
        }
    }

    @Test
    void whatWillNotWorkLaterEitherIsToldApart() throws Exception {
        try (var server = new ObjectServer(folder)) {
            try (var store = open(server.config("objects.secret-key=wrong"))) {
                assertFails(Reason.REFUSED, () -> store.put("a", content(new byte[1])));
                assertFails(Reason.REFUSED, () -> read(store, "a", 0, 1));
                assertFails(Reason.REFUSED, () -> store.list("a"));
            }
            try (var store = open(server.config("objects.bucket=nobucket"))) {
                assertFails(Reason.REFUSED, () -> read(store, "a", 0, 1));
                assertFails(Reason.REFUSED, () -> store.put("a", content(new byte[1])));
            }
        }
        assertThatThrownBy(() ->
                        open(NodeConfig.read(null, List.of("objects.endpoint=http://127.0.0.1:9", "objects.bucket=b"))
                                .objects()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("AWS_ACCESS_KEY_ID");
    }

    @Test
    void credentialsMayBeInTheEnvironment() throws Exception {
        try (var server = new ObjectServer(folder)) {
            var config = server.config("objects.access-key=", "objects.secret-key=");
            var environment = Map.of("AWS_ACCESS_KEY_ID", "me", "AWS_SECRET_ACCESS_KEY", "hush");
            try (var store =
                    Objects.open(config, environment, new SystemClock()).orElseThrow()) {
                assertThat(patient(store).put("a", content(new byte[1]))).isTrue();
            }
        }
    }

    @Test
    void aServerThatIsGoneComesBack() throws Exception {
        try (var server = new ObjectServer(folder);
                var store = open(server.config())) {
            patient(store).put("a", content(new byte[] {7}));
            server.stop();
            assertFails(Reason.AWAY, () -> read(store, "a", 0, 1));
            assertFails(Reason.AWAY, () -> store.put("b", content(new byte[1])));
            assertFails(Reason.AWAY, () -> store.size("a"));
            assertFails(Reason.AWAY, () -> store.list("a"));
            assertFails(Reason.AWAY, () -> store.delete("a"));
            server.start();
            assertThat(read(store, "a", 0, 1)).containsExactly(7);
        }
    }

    private interface Behaviour {
        void on(Socket connection) throws Exception;
    }

    /** A server that does with each connection what it is told. */
    private static void against(Behaviour behaviour, ThrowingCallableWith<ObjectStore> test) throws Exception {
        var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var open = new ArrayList<Socket>();
        var thread = Thread.ofVirtual().start(() -> serve(socket, behaviour, open));
        var config = NodeConfig.read(
                        null,
                        List.of(
                                "objects.endpoint=http://127.0.0.1:" + socket.getLocalPort(),
                                "objects.bucket=b",
                                "objects.access-key=a",
                                "objects.secret-key=s",
                                "objects.timeout=300ms"))
                .objects();
        try (var store = open(config)) {
            test.accept(store);
        } finally {
            socket.close();
            thread.join();
            for (var connection : open) {
                connection.close();
            }
        }
    }

    private static void serve(ServerSocket socket, Behaviour behaviour, List<Socket> open) {
        try {
            while (true) {
                var connection = socket.accept();
                open.add(connection);
                Thread.ofVirtual().start(() -> {
                    try {
                        behaviour.on(connection);
                    } catch (Exception _) {
                        // the client has gone
                    }
                });
            }
        } catch (IOException _) {
            // the test is over
        }
    }

    private interface ThrowingCallableWith<T> {
        void accept(T value) throws Exception;
    }

    private static void answer(Socket connection, String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(UTF_8));
        connection.getOutputStream().flush();
    }

    @Test
    void aServerThatSaysNothingIsAway() throws Exception {
        against(connection -> Thread.sleep(60_000), store -> {
            assertFails(Reason.AWAY, () -> read(store, "a", 0, 10));
            assertFails(Reason.AWAY, () -> store.size("a"));
            assertFails(Reason.AWAY, () -> store.put("a", content(new byte[10])));
        });
    }

    @Test
    void anAnswerThatIsCutIsNoShortObject() throws Exception {
        against(
                connection -> {
                    head(connection);
                    answer(connection, "HTTP/1.1 206 Partial Content\r\nContent-Length: 10\r\n\r\nabc");
                    connection.close();
                },
                store -> assertFails(Reason.AWAY, () -> read(store, "a", 0, 10)));
    }

    @Test
    void anAnswerThatTricklesIsGivenUp() throws Exception {
        against(
                connection -> {
                    head(connection);
                    answer(connection, "HTTP/1.1 206 Partial Content\r\nContent-Length: 1000\r\n\r\n");
                    for (int i = 0; i < 1000; i++) {
                        answer(connection, "x");
                        Thread.sleep(50);
                    }
                },
                store -> assertFails(Reason.AWAY, () -> read(store, "a", 0, 1000)));
    }

    @Test
    void anUploadThatIsNotTakenIsGivenUp() throws Exception {
        against(
                connection -> {
                    while (true) {
                        var head = head(connection);
                        if (head.startsWith("PUT")) {
                            Thread.sleep(60_000);
                        }
                        answerHead(connection, head);
                    }
                },
                store -> assertFails(Reason.AWAY, () -> store.put("a", content(new byte[64 << 20]))));
    }

    @Test
    void aStoreThatKnowsNoConditionsIsAskedWithout() throws Exception {
        var heads = new ArrayList<String>();
        against(
                connection -> {
                    while (true) {
                        var head = head(connection);
                        synchronized (heads) {
                            heads.add(head);
                        }
                        if (head.startsWith("HEAD")) {
                            answerHead(connection, head);
                        } else {
                            connection.getInputStream().readNBytes(length(head));
                            boolean conditional =
                                    head.toLowerCase(java.util.Locale.ROOT).contains("if-none-match");
                            answer(
                                    connection,
                                    conditional
                                            ? "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n"
                                            : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: \"x\"\r\n\r\n");
                        }
                    }
                },
                store -> {
                    assertThat(store.put("a", content(new byte[10]))).isTrue();
                    assertThat(store.put("b", content(new byte[10]))).isTrue();
                });
        assertThat(heads.stream().filter(head -> head.startsWith("PUT"))).hasSize(3);
    }

    /** The bucket is there, objects are not. */
    private static void answerHead(Socket connection, String head) throws IOException {
        var status = head.startsWith("HEAD /b ") || head.startsWith("HEAD /b? ") ? "200 OK" : "404 Not Found";
        answer(connection, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
    }

    private static int length(String head) {
        for (var line : head.split("\r\n", -1)) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
                return Integer.parseInt(line.substring(15).strip());
            }
        }
        return 0;
    }

    private static String head(Socket connection) throws IOException {
        var text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int next = connection.getInputStream().read();
            if (next < 0) {
                throw new IOException("closed");
            }
            text.append((char) next);
        }
        return text.toString();
    }
}
