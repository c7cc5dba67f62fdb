package sherd.server.resp;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;

/** A redis-server of our own, without persistence, on a free port. */
final class RealRedis implements AutoCloseable {
    private final Process process;
    private final int port;

    RealRedis(Path folder) throws IOException, InterruptedException {
        require("redis-server");
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        process = new ProcessBuilder(List.of(
                        "redis-server",
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        folder.toString()))
                .redirectErrorStream(true)
                .redirectOutput(new File(folder.toFile(), "redis.log"))
                .start();
        for (int attempt = 0; ; attempt++) {
            try (var wire = connect()) {
                if (wire.call("PING").equals("+PONG\r\n")) {
                    return;
                }
            } catch (IOException e) {
                if (attempt == 200 || !process.isAlive()) {
                    process.destroyForcibly();
                    throw e;
                }
            }
            Thread.sleep(25);
        }
    }

    Wire connect() throws IOException {
        return new Wire(port);
    }

    /** Fails with what to do when a program of Debian's redis packages is missing. */
    static void require(String program) {
        for (var folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            if (new File(folder, program).canExecute()) {
                return;
            }
        }
        throw new AssertionError(program + " is not installed: run ./verify, which installs what the tests need");
    }

    @Override
    public void close() {
        process.destroy();
    }
}
