package sherd.bench.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sherd.bench.frame.BenchException;
import sherd.bench.frame.Metric;
import sherd.bench.frame.Output;
import sherd.bench.frame.Report;
import sherd.engine.archive.file.FileAppender;
import sherd.engine.archive.index.TermTable;
import sherd.engine.archive.index.TermWriter;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.LocalDisk;
import sherd.engine.memory.MemoryBudget;

@Command(
        name = "index",
        description =
                "Bytes of a segment's term index, beside the same one with whole terms and rows of four bytes each.")
public final class IndexBench implements Callable<Integer> {
    private static final Metric SIZE = Metric.drawn("size", "KB", 0);
    private static final Metric EACH = Metric.shown("a row of a term", "B", 2);
    private static final String FILE = "index";
    private static final long ROOM = 1L << 30;
    private static final int INT = Integer.BYTES;

    @Option(names = "--lines", description = "Of the text, at most (default: ${DEFAULT-VALUE}).")
    private int most = 1 << 20;

    @Mixin
    private Output output = new Output();

    /** Counts what there is by an account of its own. */
    private static final class Plain {
        final Map<String, Integer> lastRow = new HashMap<>();
        long nameBytes;
        long rows;

        void add(byte[] buffer, int offset, int length, int row) {
            var last = lastRow.put(new String(buffer, offset, length, StandardCharsets.ISO_8859_1), row);
            nameBytes += last == null ? length : 0;
            rows += last == null || last != row ? 1 : 0;
        }

        /** Each term with its length and its count of rows, and the rows. */
        long bytes() {
            return nameBytes + (long) lastRow.size() * 2 * INT + rows * INT;
        }
    }

    @Override
    public Integer call() throws IOException {
        var report = new Report("index", "The index of terms", Map.of("lines", Integer.toString(most)));
        var plain = new Plain();
        long written;
        int lines = 0;
        try (var scratch = output.scratch();
                var terms = new TermTable(new MemoryBudget(ROOM))) {
            var tokenizer = new Tokenizer();
            for (var body : LogText.find().bodies()) {
                for (var line : new String(body, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                    if (lines < most && !line.isEmpty()) {
                        var bytes = line.getBytes(StandardCharsets.ISO_8859_1);
                        tokenizer.tokenize(bytes, 0, bytes.length, into(terms, plain, lines));
                        lines++;
                    }
                }
            }
            written = write(terms, scratch.folder("index"));
        }
        var work = String.format(Locale.ROOT, "%,d lines", lines);
        add(report, work, "delta and VarInt", written, plain.rows);
        add(report, work, "plain", plain.bytes(), plain.rows);
        report.note(String.format(
                Locale.ROOT,
                "%,d terms, %,d rows of terms. Plain is every term whole, its length, its count and each row in four bytes.",
                plain.lastRow.size(),
                plain.rows));
        output.finish(report);
        return 0;
    }

    private static void add(Report report, String work, String side, long bytes, long rows) {
        report.add(work, side, 0, SIZE, bytes / 1e3);
        report.add(work, side, 0, EACH, (double) bytes / rows);
    }

    private static TermSink into(TermTable terms, Plain plain, int row) {
        return new TermSink() {
            @Override
            public void word(byte[] buffer, int offset, int length) {
                terms.add(buffer, offset, length, row);
                plain.add(buffer, offset, length, row);
            }

            @Override
            public void compound(byte[] buffer, int offset, int length) {
                word(buffer, offset, length);
            }
        };
    }

    private static long write(TermTable terms, Path folder) throws IOException {
        try (var file = new LocalDisk(folder).create(FILE);
                var out = new FileAppender(file, FILE, MessageDigest.getInstance("SHA-256"), new MemoryBudget(ROOM))) {
            var parts = TermWriter.write(out, terms);
            return parts.postings().length()
                    + parts.dictionary().length()
                    + parts.sparse().length();
        } catch (NoSuchAlgorithmException e) {
            throw new BenchException("this JDK has no SHA-256", e);
        }
    }
}
