package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import sherd.engine.archive.file.ReadStats;
import sherd.engine.archive.index.IndexReader;
import sherd.engine.archive.index.TermCursor;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;

/**
 * Every term of a segment with each of its rows. Where the index keeps blocks, the rows come from the text: it is read
 * once for so many terms as fit in memory.
 */
public final class TermRows {
    /** Takes terms in unsigned byte order. */
    public interface Visitor {
        /**
         * A term and its rows, of which the first {@code count} of the array count.
         *
         * @param term cut where the index cuts it
         */
        void term(String term, int[] rows, int count);
    }

    private static final long MOST_POSTINGS = 4L << 20;

    private final Segment segment;
    private final Visitor visitor;
    private final ReadStats stats = new ReadStats();
    private final Map<String, Rows> fromText = new HashMap<>();

    /** Growing rows. */
    private static final class Rows {
        private int[] rows = new int[8];
        private int count;

        void add(int row) {
            if (count > 0 && rows[count - 1] == row) {
                return;
            }
            if (count == rows.length) {
                rows = Arrays.copyOf(rows, count * 2);
            }
            rows[count++] = row;
        }
    }

    private TermRows(Segment segment, Visitor visitor) {
        this.segment = segment;
        this.visitor = visitor;
    }

    /** How many terms {@link #forEach} shows. */
    public static long terms(Segment segment) {
        var stats = new ReadStats();
        var index = segment.index(stats);
        return index.terms() - (index.findLeftOut(stats) == null ? 0 : 1);
    }

    public static void forEach(Segment segment, Visitor visitor) {
        new TermRows(segment, visitor).run();
    }

    private void run() {
        var index = segment.index(stats);
        var ahead = index.all(stats);
        var behind = index.all(stats);
        boolean more = true;
        while (more) {
            long postings = 0;
            long terms = 0;
            while (postings < MOST_POSTINGS && (more = ahead.next())) {
                terms++;
                if (!ahead.exact()) {
                    postings += ahead.rows();
                    fromText.put(key(ahead.term(), 0, ahead.length()), new Rows());
                }
            }
            readText();
            for (; terms > 0; terms--) {
                behind.next();
                show(behind);
            }
            fromText.clear();
        }
    }

    private void show(TermCursor term) {
        if (term.isLeftOut()) {
            return;
        }
        var rows = fromText.get(key(term.term(), 0, term.length()));
        if (rows == null) {
            rows = new Rows();
            term.forEachRow(rows::add);
        }
        visitor.term(new String(term.term(), 0, wholeCharacters(term), UTF_8), rows.rows, rows.count);
    }

    /** A cut may go through a character. */
    private static int wholeCharacters(TermCursor term) {
        int length = term.length();
        if (!IndexReader.isCut(length)) {
            return length;
        }
        int start = length - 1;
        while ((term.term()[start] & 0xC0) == 0x80) {
            start--;
        }
        int first = term.term()[start];
        int wanted = first >= 0 ? 1 : (first & 0xE0) == 0xC0 ? 2 : (first & 0xF0) == 0xE0 ? 3 : 4;
        return start + wanted <= length ? length : start;
    }

    private void readText() {
        if (fromText.isEmpty()) {
            return;
        }
        var cursor = segment.cursor();
        var tokenizer = new Tokenizer();
        var columns = segment.meta().columns();
        var sink = new TextTerms();
        for (int row = 0; row < segment.meta().rows(); row++) {
            cursor.seek(row);
            sink.row = row;
            for (int column = 0; column < columns.size(); column++) {
                if (columns.get(column).searched() && !cursor.isNull(column)) {
                    tokenizer.tokenize(cursor, column, sink);
                }
            }
        }
    }

    private static String key(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, ISO_8859_1);
    }

    private final class TextTerms implements TermSink {
        private int row;

        @Override
        public void word(byte[] buffer, int offset, int length) {
            var rows = fromText.get(key(buffer, offset, IndexReader.storedLength(length)));
            if (rows != null) {
                rows.add(row);
            }
        }

        @Override
        public void compound(byte[] buffer, int offset, int length) {
            word(buffer, offset, length);
        }
    }
}
