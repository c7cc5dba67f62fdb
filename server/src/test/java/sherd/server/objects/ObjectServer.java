package sherd.server.objects;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.jspecify.annotations.Nullable;
import sherd.server.config.NodeConfig;
import sherd.server.config.ObjectsConfig;

/** A server of S3's protocol before a folder, on a port of its own, which it keeps when it is stopped and started. */
public final class ObjectServer implements AutoCloseable {
    private static final String ACCESS = "me";
    private static final String SECRET = "hush";
    private static final String BUCKET = "bucket";

    private final Path folder;
    private final boolean stopsAtOnce;
    private int port;
    private @Nullable S3Proxy server;

    ObjectServer(Path folder) throws Exception {
        this(folder, false);
    }

    private ObjectServer(Path folder, boolean stopsAtOnce) throws Exception {
        this.folder = folder;
        this.stopsAtOnce = stopsAtOnce;
        Files.createDirectories(folder.resolve(BUCKET));
        start();
    }

    /** One that does not wait, when it stops, for clients that keep their connections. */
    public static ObjectServer stoppingAtOnce(Path folder) throws Exception {
        return new ObjectServer(folder, true);
    }

    public void start() throws Exception {
        var builder = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS, SECRET);
        if (stopsAtOnce) {
            builder.stopTimeout(0);
        }
        var started = builder.build();
        started.start();
        port = started.getPort();
        server = started;
    }

    public void stop() throws Exception {
        var running = server;
        if (running != null) {
            running.stop();
            server = null;
        }
    }

    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** What a node is told to use it, with these settings besides. */
    public String[] settings(String... more) {
        var settings = new ArrayList<>(List.of(
                "objects.endpoint=" + endpoint(),
                "objects.bucket=" + BUCKET,
                "objects.access-key=" + ACCESS,
                "objects.secret-key=" + SECRET,
                "objects.timeout=2s"));
        settings.addAll(List.of(more));
        return settings.toArray(String[]::new);
    }

    ObjectsConfig config(String... more) {
        return NodeConfig.read(null, List.of(settings(more))).objects();
    }

    /** Files of objects, as the server keeps them. */
    public List<Path> objects() throws Exception {
        try (var all = Files.walk(folder.resolve(BUCKET))) {
            return all.filter(path -> path.toString().endsWith(".tar")).sorted().toList();
        }
    }

    Duration timeout() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void close() {
        try {
            stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
