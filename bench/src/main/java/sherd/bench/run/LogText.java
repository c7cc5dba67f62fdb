package sherd.bench.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import sherd.bench.frame.BenchException;
import sherd.server.cli.NodeClient;
import sherd.server.cli.RealText;

/** Log files that programs wrote, as bodies of requests; read once, so that loading measures the node. */
final class LogText {
    private static final int BODY_BYTES = 1 << 20;
    private static final Pattern ROWS = Pattern.compile("\"rows\":(\\d+)");

    private final RealText text;
    private final List<byte[]> bodies;

    private LogText(RealText text, List<byte[]> bodies) {
        this.text = text;
        this.bodies = bodies;
    }

    static LogText find() {
        try {
            var text = RealText.find();
            return new LogText(text, bodies(text.files()));
        } catch (IOException e) {
            throw new BenchException("cannot read the text to load: " + e, e);
        }
    }

    /** Whole lines, about a mebibyte each. */
    private static List<byte[]> bodies(List<Path> files) throws IOException {
        var bodies = new ArrayList<byte[]>();
        var body = new ByteArrayOutputStream();
        for (var file : files) {
            var content = Files.readAllBytes(file);
            int from = 0;
            while (from < content.length) {
                int end = endOfLines(content, from, BODY_BYTES - body.size());
                body.write(content, from, end - from);
                from = end;
                if (from == content.length && content[from - 1] != '\n') {
                    body.write('\n');
                }
                if (body.size() >= BODY_BYTES || from < content.length) {
                    bodies.add(body.toByteArray());
                    body.reset();
                }
            }
        }
        if (body.size() > 0) {
            bodies.add(body.toByteArray());
        }
        return bodies;
    }

    /** The end of the last line that ends within {@code room} bytes, else of the first line. */
    private static int endOfLines(byte[] content, int from, int room) {
        if (content.length - from <= room) {
            return content.length;
        }
        for (int i = from + Math.max(room, 0) - 1; i >= from; i--) {
            if (content[i] == '\n') {
                return i + 1;
            }
        }
        int end = from;
        while (end < content.length && content[end] != '\n') {
            end++;
        }
        return Math.min(content.length, end + 1);
    }

    RealText text() {
        return text;
    }

    List<byte[]> bodies() {
        return bodies;
    }

    /** All lines without their ends, in order. */
    List<byte[]> lines() {
        var lines = new ArrayList<byte[]>();
        for (var body : bodies) {
            int start = 0;
            for (int i = 0; i < body.length; i++) {
                if (body[i] == '\n') {
                    lines.add(Arrays.copyOfRange(body, start, i));
                    start = i + 1;
                }
            }
        }
        return lines;
    }

    static void makeTable(NodeClient node, String path) {
        send(() -> node.json("PUT", path, "{\"kind\":\"log\"}"));
    }

    static void dropTable(NodeClient node, String path) {
        send(() -> node.send("DELETE", path, BodyPublishers.noBody(), Map.of()));
    }

    static void archive(NodeClient node, String path) {
        send(() -> node.json("POST", path + "/archive", "{\"older_than\":\"0s\"}"));
    }

    /** Appends one body; returns its rows. */
    static long append(NodeClient node, String path, byte[] body) {
        var answer = send(() -> node.send(
                "POST", path + "/rows", BodyPublishers.ofByteArray(body), Map.of("content-type", "text/plain")));
        var rows = ROWS.matcher(answer.body());
        if (!rows.find()) {
            throw new BenchException("no count of rows in the answer: " + answer.body());
        }
        return Long.parseLong(rows.group(1));
    }

    interface Request {
        NodeClient.Answer send() throws IOException;
    }

    static NodeClient.Answer send(Request request) {
        try {
            var answer = request.send();
            if (!answer.good()) {
                throw new BenchException("the node refused a request: " + answer.problem());
            }
            return answer;
        } catch (IOException e) {
            throw new BenchException("the node did not answer: " + e.getMessage(), e);
        }
    }
}
