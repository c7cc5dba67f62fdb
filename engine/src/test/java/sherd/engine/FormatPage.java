package sherd.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** A page of docs/formats/, for tests that compare its worked example with what the code writes. */
public final class FormatPage {
    private final List<String> lines;

    private FormatPage(List<String> lines) {
        this.lines = lines;
    }

    /** The part of a page below a heading, up to the next one. */
    public static FormatPage of(String page, String heading) {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docs/formats"))) {
            folder = Objects.requireNonNull(folder.getParent(), "not in a checkout");
        }
        try {
            var all = Files.readAllLines(folder.resolve("docs/formats").resolve(page));
            int from = all.indexOf("## " + heading) + 1;
            if (from == 0) {
                throw new AssertionError("no heading '" + heading + "' on the page " + page);
            }
            int to = from;
            while (to < all.size() && !all.get(to).startsWith("## ")) {
                to++;
            }
            return new FormatPage(all.subList(from, to));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public List<String> lines() {
        return lines;
    }

    /** The lines of the n-th fenced block, counted from 0. */
    public List<String> block(int number) {
        int from = 0;
        for (int fence = 0; fence < 2 * number + 1; from++) {
            fence += lines.get(from).startsWith("```") ? 1 : 0;
        }
        int to = from;
        while (!lines.get(to).startsWith("```")) {
            to++;
        }
        return lines.subList(from, to);
    }

    /** Bytes that a block shows in hexadecimal; three spaces end them, the rest of a line explains. */
    public byte[] bytes(int block) {
        var bytes = new ByteArrayOutputStream();
        for (var line : block(block)) {
            bytes.writeBytes(HexFormat.of().parseHex(line.split(" {3,}", 2)[0].replace(" ", "")));
        }
        return bytes.toByteArray();
    }
}
