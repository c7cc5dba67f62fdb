package sherd.server.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.schema.TableName;

@Command(
        name = "load",
        description = {
            "Sends files to a node's table: text, a row a line, or NDJSON. A log table that is not there is created.",
            "Nothing is sent twice: when a part gets no answer, load says that it is in doubt, and stops."
        })
final class LoadCommand implements Callable<Integer> {
    /** What a file's lines are. */
    enum Format {
        TEXT("text/plain"),
        NDJSON("application/x-ndjson");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        static Format of(Path file) {
            var name = file.toString().toLowerCase(Locale.ROOT);
            return name.endsWith(".ndjson") || name.endsWith(".jsonl") ? NDJSON : TEXT;
        }
    }

    private static final int PART_BYTES = 4 << 20;
    /** How long a node may take to make room, and how often it is asked. */
    private static final int PAUSES = 100;

    private static final int PAUSE_MILLIS = 100;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files in the order to load them.")
    private List<Path> files = List.of();

    @Option(names = "--table", required = true, paramLabel = "DB.TABLE", description = "Where the rows go.")
    @SuppressWarnings("NullAway.Init") // required, so picocli sets it
    private TableName table;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "text or ndjson; else .ndjson and .jsonl are NDJSON and all others are text.")
    private @Nullable Format format;

    @Option(names = "--http", paramLabel = "URL", description = "The node, by default ${DEFAULT-VALUE}.")
    private URI http = URI.create(NodeClient.USUAL_URL);

    private long rows;
    private long bytes;

    @Override
    public Integer call() {
        long began = System.nanoTime();
        var total = totalBytes();
        try (var node = new NodeClient(http);
                var progress = Progress.onStandardError(total)) {
            new TableMaker(node, table).makeIfMissing(files.getFirst(), formatOf(files.getFirst()));
            for (var file : files) {
                load(node, file, progress);
            }
        }
        System.out.printf(Locale.ROOT, "loaded %d rows in %.2f s%n", rows, (System.nanoTime() - began) / 1e9);
        return 0;
    }

    private Format formatOf(Path file) {
        return format == null ? Format.of(file) : format;
    }

    /** Also finds out before anything is sent that a file cannot be read. */
    private long totalBytes() {
        long total = 0;
        for (var file : files) {
            if (Files.isDirectory(file) || !Files.isReadable(file)) {
                throw new BadException("cannot read the file: " + file + "; nothing was loaded");
            }
            try {
                total += Files.size(file);
            } catch (IOException e) {
                throw new BadException("cannot read the file: " + file + " (" + e + "); nothing was loaded", e);
            }
        }
        return total;
    }

    private void load(NodeClient node, Path file, Progress progress) {
        long line = 1;
        try (InputStream in = Files.newInputStream(file)) {
            var chunks = new LineChunks(in, PART_BYTES);
            for (int length = chunks.next(); length > 0; length = chunks.next()) {
                send(node, file, line, chunks, length);
                line += chunks.lines();
                bytes += length;
                progress.at(bytes, bytes, rows);
            }
        } catch (IOException e) {
            throw new BadException("cannot read the file: " + file + " (" + e + "); " + soFar(), e);
        }
    }

    private void send(NodeClient node, Path file, long firstLine, LineChunks chunks, int length) {
        var part = file + " lines " + firstLine + " to " + (firstLine + chunks.lines() - 1);
        NodeClient.Answer answer;
        try {
            answer = sendWhenThereIsRoom(node, file, chunks, length);
        } catch (NodeClient.NoAnswerException e) {
            throw new BadException(inDoubt(part, e.getMessage()), e);
        }
        if (answer.inDoubt()) {
            throw new BadException(inDoubt(part, answer.problem()));
        }
        if (!answer.good()) {
            var where = answer.badLine()
                    .map(bad -> file + " line " + (firstLine + bad - 1) + ": ")
                    .orElse(part + ": ");
            throw new BadException(where + answer.problem() + "; " + soFar());
        }
        rows += Json.parsed(answer.body()).map(all -> Json.number(all, "rows")).orElse(0L);
    }

    /** A part that was refused for want of room was not written, or, as records, may be written again. */
    private NodeClient.Answer sendWhenThereIsRoom(NodeClient node, Path file, LineChunks chunks, int length)
            throws NodeClient.NoAnswerException {
        for (int pause = 0; ; pause++) {
            var answer = node.send(
                    "POST",
                    NodeClient.path(table) + "/rows",
                    BodyPublishers.ofByteArray(chunks.bytes(), 0, length),
                    Map.of("content-type", formatOf(file).contentType));
            if (!answer.comeBack() || pause == PAUSES) {
                return answer;
            }
            LockSupport.parkNanos(PAUSE_MILLIS * 1_000_000L);
        }
    }

    private String inDoubt(String part, @Nullable String why) {
        return "in doubt: " + part + " may or may not have been written, the node gave no answer (" + why + "); "
                + soFar() + "; look with 'sherd search' before sending them again";
    }

    private String soFar() {
        return rows + " rows before that were loaded";
    }
}
