package sherd.bench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
import sherd.bench.frame.Scratch;
import sherd.engine.archive.file.CheckedFile;
import sherd.engine.archive.file.Extent;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexBytes;
import sherd.engine.archive.index.IndexReader;
import sherd.engine.archive.index.IndexSizes;
import sherd.engine.archive.index.IndexWriter;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;
import sherd.engine.disk.LocalDisk;
import sherd.server.cli.RealText;

@Command(
        name = "archive-index",
        description =
                "Size of the index of archived text beside plain postings, by part, and how fast one core makes it.")
public final class ArchiveIndexBench implements Callable<Integer> {
    private static final Metric SIZE = Metric.shown("size", "kB", 0);
    private static final Metric SHARE = Metric.drawn("share of the text", "%", 2);
    private static final Metric SPEED = Metric.drawn("speed", "MB/s", 1);

    private static final String HYBRID = "hybrid";
    private static final String PLAIN = "plain, 4 bytes a row";
    private static final String VARINT = "delta + VarInt";
    private static final String LISTS = "lists of rows";
    private static final String INDEX = "whole index";
    private static final String MAKING = "making it";
    private static final double EVERYWHERE = 13 / 16.0;
    private static final double NEVER = 2;
    private static final int WARM_UP = 3;

    @Option(names = "--rounds", description = "Each makes the index anew (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--table", paramLabel = "BYTES", description = "Of memory for terms; default: ${DEFAULT-VALUE}.")
    private long tableBytes = IndexWriter.USUAL_TABLE_BYTES;

    @Mixin
    private Output output = new Output();

    @Override
    public Integer call() {
        var report = new Report(
                "archive-index",
                "The index of archived text",
                Map.of("rounds", Integer.toString(rounds), "table", Long.toString(tableBytes)));
        var lines = lines();
        long text = lines.stream().mapToLong(line -> line.length + 1L).sum();
        try (var scratch = output.scratch()) {
            IndexSizes sizes = sizes(scratch, lines);
            var postings = Postings.of(lines);
            addSizes(report, sizes, postings, text);
            for (int round = 0; round < WARM_UP; round++) {
                make(scratch, lines);
                cut(lines);
            }
            for (int round = 0; round < rounds; round++) {
                output.progress("round " + (round + 1) + " of " + rounds);
                report.add(MAKING, HYBRID, round, SPEED, speed(text, () -> make(scratch, lines)));
                report.add(MAKING, "cutting words alone", round, SPEED, speed(text, () -> cut(lines)));
            }
            report.note(String.format(
                    Locale.ROOT,
                    "%,d lines, %.1f MB: all logs of the text. %,d terms, %,d pairs of a term and a row, %d terms everywhere."
                            + " The three sides of an index have the same terms and dictionary; lists by another choice are computed,"
                            + " without the forms in bits.",
                    lines.size(),
                    text / 1e6,
                    sizes.terms(),
                    sizes.postings(),
                    sizes.everywhere()));
        }
        output.finish(report);
        return 0;
    }

    private static void addSizes(Report report, IndexSizes sizes, Postings postings, long text) {
        long lists = sizes.single() + sizes.rows() + sizes.blocks();
        long others = sizes.total() - lists;
        long plain = 4 * postings.pairs();
        long varint = postings.listBytes(Integer.MAX_VALUE, NEVER);
        add(report, LISTS, HYBRID, lists, text);
        add(report, LISTS, PLAIN, plain, text);
        add(report, LISTS, VARINT, varint, text);
        add(report, INDEX, HYBRID, sizes.total(), text);
        add(report, INDEX, PLAIN, plain + others, text);
        add(report, INDEX, VARINT, varint + others, text);
        add(report, "part: dictionary", HYBRID, sizes.dictionary(), text);
        add(report, "part: rows of single terms", HYBRID, sizes.single(), text);
        add(report, "part: exact lists", HYBRID, sizes.rows(), text);
        add(report, "part: lists of blocks", HYBRID, sizes.blocks(), text);
        add(report, "part: first terms of groups", HYBRID, sizes.sparse(), text);
        add(report, "part: filter of words", HYBRID, sizes.filters(), text);
        for (int below : new int[] {32, 64, 128, 256}) {
            add(report, "lists, exact below " + below, HYBRID, postings.listBytes(below, EVERYWHERE), text);
        }
        for (double share : new double[] {0.5, 0.9}) {
            add(report, "lists, everywhere from " + share, HYBRID, postings.listBytes(128, share), text);
        }
        add(report, "lists, nothing everywhere", HYBRID, postings.listBytes(128, NEVER), text);
    }

    private static void add(Report report, String work, String side, long bytes, long text) {
        report.add(work, side, 0, SIZE, bytes / 1e3);
        report.add(work, side, 0, SHARE, 100.0 * bytes / text);
    }

    private static double speed(long text, Runnable work) {
        long began = System.nanoTime();
        work.run();
        return text / 1e6 / ((System.nanoTime() - began) / 1e9);
    }

    private Extent make(Scratch scratch, List<byte[]> lines) {
        return new IndexMaker(disk(scratch), tableBytes).make(lines);
    }

    private IndexSizes sizes(Scratch scratch, List<byte[]> lines) {
        var disk = disk(scratch);
        var extent = new IndexMaker(disk, tableBytes).make(lines);
        try (var file = CheckedFile.open(disk, IndexMaker.FILE)) {
            return IndexSizes.of(IndexReader.open(new IndexBytes.InFile(file, extent), lines.size(), new ReadStats()));
        }
    }

    private static LocalDisk disk(Scratch scratch) {
        try {
            return new LocalDisk(scratch.folder("index"));
        } catch (IOException e) {
            throw new BenchException("cannot use a folder: " + e, e);
        }
    }

    private static void cut(List<byte[]> lines) {
        var tokenizer = new Tokenizer();
        var sink = new TermSink() {
            private long bytes;

            @Override
            public void word(byte[] buffer, int offset, int length) {
                bytes += length;
            }
        };
        for (var line : lines) {
            tokenizer.tokenize(line, 0, line.length, sink);
        }
        if (sink.bytes < 0) {
            throw new BenchException("words of negative length");
        }
    }

    private static List<byte[]> lines() {
        try {
            var lines = new ArrayList<byte[]>();
            for (Path file : RealText.find().files()) {
                var content = Files.readAllBytes(file);
                int start = 0;
                for (int i = 0; i <= content.length; i++) {
                    if (i < content.length ? content[i] == '\n' : i > start) {
                        lines.add(Arrays.copyOfRange(content, start, i));
                        start = i + 1;
                    }
                }
            }
            return lines;
        } catch (IOException e) {
            throw new BenchException("cannot read the text: " + e, e);
        }
    }
}
