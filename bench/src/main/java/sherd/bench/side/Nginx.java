package sherd.bench.side;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import sherd.bench.frame.BenchException;
import sherd.server.config.HostPort;

/** Debian's nginx on a free port, serving one small file over HTTP/2 without TLS, a process a core. */
public final class Nginx implements AutoCloseable {
    public static final String NAME = "nginx";

    private static final String FILE = "value";

    @SuppressWarnings("InlineFormatString") // a file reads better on its own
    private static final String CONFIGURATION = """
            daemon off;
            worker_processes auto;
            pid %1$s/nginx.pid;
            error_log /dev/stdout notice;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path %1$s/body;
                proxy_temp_path %1$s/proxy;
                fastcgi_temp_path %1$s/fastcgi;
                uwsgi_temp_path %1$s/uwsgi;
                scgi_temp_path %1$s/scgi;
                default_type application/octet-stream;
                sendfile on;
                keepalive_requests 1000000000;
                open_file_cache max=100;
                server {
                    listen 127.0.0.1:%2$d http2;
                    root %1$s;
                }
            }
            """;

    private final Child child;
    private final HostPort address;

    private Nginx(Child child, HostPort address) {
        this.child = child;
        this.address = address;
    }

    /** Its program, if it is installed; not every PATH has the folder it is in. */
    private static Optional<Path> program() {
        var folders = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Stream.concat(folders, Stream.of(Path.of("/usr/sbin")))
                .map(folder -> folder.resolve(NAME))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Empty if it is not installed. */
    public static Optional<Nginx> start(Path folder, int fileBytes) {
        return program().map(program -> start(program, folder, fileBytes));
    }

    private static Nginx start(Path program, Path folder, int fileBytes) {
        int port = FreePort.find();
        var configuration = folder.resolve("nginx.conf");
        // Started by root it gives up its rights, and then could not read the folder.
        var user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
        try {
            Files.writeString(folder.resolve(FILE), "x".repeat(fileBytes));
            Files.writeString(configuration, user + String.format(Locale.ROOT, CONFIGURATION, folder, port));
        } catch (IOException e) {
            throw new BenchException("cannot write what nginx needs: " + e, e);
        }
        var command = List.of(program.toString(), "-p", folder.toString(), "-c", configuration.toString());
        var errors = folder.resolveSibling(folder.getFileName() + ".err");
        return new Nginx(
                Child.start(command, errors, line -> line.contains("start worker processes")),
                new HostPort("127.0.0.1", port));
    }

    public String url() {
        return "http://" + address + "/" + FILE;
    }

    /** Of its workers, which do all there is to do. */
    public long cpuMicros() {
        return ProcessHandle.of(child.pid()).stream()
                .flatMap(ProcessHandle::children)
                .mapToLong(worker -> ProcFs.cpuMicros(worker.pid()))
                .sum();
    }

    @Override
    public void close() {
        child.close();
    }
}
