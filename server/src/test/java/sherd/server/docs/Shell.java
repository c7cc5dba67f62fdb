package sherd.server.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * One bash for all examples of a document, in a folder of its own that has a {@code ./sherd} running the classes under
 * test. Documents use the usual ports; a node started here gets free ones, and both are exchanged on the way in and out.
 */
final class Shell implements AutoCloseable {
    static final String USUAL_RESP = "7379";
    static final String USUAL_HTTP = "8080";

    private static final long PATIENCE_SECONDS = 60;
    private static final String END = "end-of-example-output";
    private static final Pattern READY =
            Pattern.compile("sherd ready resp=127\\.0\\.0\\.1:(\\d+) http=127\\.0\\.0\\.1:(\\d+) .*");
    private static final String SHERD = """
            #!/usr/bin/env bash
            case $1 in
              serve) set -- "$@" --set listen.resp=127.0.0.1:0 --set listen.http=127.0.0.1:0 ;;
              load | search)
                case " $* " in *" --http "*) ;; *) set -- "$@" --http "http://127.0.0.1:$EXAMPLE_HTTP" ;; esac ;;
            esac
            exec "$EXAMPLE_JAVA" -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \\
              --sun-misc-unsafe-memory-access=allow -Dsherd.home="$EXAMPLE_HOME" -cp "$EXAMPLE_CLASSES" \\
              sherd.server.cli.Main "$@"
            """;

    private final Process bash;
    private final Writer input;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private String resp = USUAL_RESP;
    private String http = USUAL_HTTP;

    Shell(Path folder, Path home) throws IOException {
        var sherd = Files.writeString(folder.resolve("sherd"), SHERD);
        if (!sherd.toFile().setExecutable(true)) {
            throw new IOException("cannot make executable: " + sherd);
        }
        var builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                .directory(folder.toFile())
                .redirectErrorStream(true);
        var environment = builder.environment();
        environment.put(
                "EXAMPLE_JAVA", Path.of(property("java.home"), "bin", "java").toString());
        environment.put("EXAMPLE_CLASSES", property("java.class.path"));
        environment.put("EXAMPLE_HOME", home.toString());
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("FAKETTY", "1"); // redis-cli prints as on a terminal, which is what documents show
        bash = builder.start();
        input = bash.outputWriter(StandardCharsets.UTF_8);
        Thread.ofPlatform().daemon().name("shell-output").start(this::read);
    }

    private static String property(String name) {
        return Objects.requireNonNull(System.getProperty(name), name);
    }

    private void read() {
        try (var output = new BufferedReader(new InputStreamReader(bash.getInputStream(), StandardCharsets.UTF_8))) {
            for (var line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the command prints, both streams together. */
    List<String> run(String command) throws IOException, InterruptedException {
        var real = command.replace(USUAL_RESP, resp).replace(USUAL_HTTP, http);
        input.write("{ " + real + "\n} </dev/null\nprintf '\\n%s\\n' " + END + "\n");
        input.flush();
        boolean awaitsNode = command.startsWith("./sherd serve") && command.endsWith("&");
        boolean ended = false;
        var printed = new ArrayList<String>();
        while (!ended || awaitsNode) {
            var line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("no end of: " + command + "; it printed " + printed);
            }
            var ready = READY.matcher(line);
            if (ready.matches()) {
                resp = ready.group(1);
                http = ready.group(2);
                input.write("export EXAMPLE_HTTP=" + http + "\n");
                input.flush();
                awaitsNode = false;
            }
            if (line.equals(END)) {
                ended = true;
            } else {
                printed.add(usual(line));
            }
        }
        return printed;
    }

    private String usual(String line) {
        return line.replaceAll("\\b" + resp + "\\b", USUAL_RESP).replaceAll("\\b" + http + "\\b", USUAL_HTTP);
    }

    /** Ends what the document has left running, also when an example was broken off. */
    @Override
    public void close() throws IOException {
        var running = bash.descendants().toList();
        input.write("kill $(jobs -p) 2>/dev/null; wait; exit\n");
        input.close();
        try {
            if (!bash.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                bash.destroyForcibly();
                throw new IOException("an example does not end: " + lines);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            running.forEach(ProcessHandle::destroyForcibly);
        }
    }
}
