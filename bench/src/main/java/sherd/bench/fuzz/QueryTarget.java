package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.RowView;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;

/** A query, and rows whose text may be the input too. */
final class QueryTarget implements Target {
    private long matched;

    /** A row of {@link Samples#COLUMNS}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(byte[] text) implements RowView {
        @Override
        public boolean isNull(int column) {
            return false;
        }

        @Override
        public long getLong(int column) {
            return 1;
        }

        @Override
        public double getDouble(int column) {
            return 0.5;
        }

        @Override
        public int length(int column) {
            return text.length;
        }

        @Override
        public void copyBytes(int column, byte[] target, int offset) {
            System.arraycopy(text, 0, target, offset, text.length);
        }
    }

    private static final Row FIXED = new Row(Samples.line(3).getBytes(UTF_8));

    @Override
    public List<byte[]> seeds() {
        return Samples.bytes(List.of(
                "error",
                "error user_3 timeout",
                "\"error user_3\" OR straße",
                "us* AND NOT (absent OR *ser*)",
                "line:timeout n:1 d:0.5 ok:true",
                "ts:2026-01-01T00:00:00Z",
                "line:(\"10.0.0.3\" OR データ)",
                "-error +timeout",
                ""));
    }

    @Override
    public List<String> words() {
        return List.of(
                "(",
                ")",
                "\"",
                "*",
                ":",
                "\\",
                " OR ",
                " AND ",
                "NOT ",
                "-",
                "line:",
                "n:",
                "d:",
                "ok:",
                "ts:",
                "id:",
                "x:",
                "1e999",
                "9223372036854775808",
                "true",
                "\u00c3\u0178",
                "\u00ff",
                "\0");
    }

    @Override
    public void run(byte[] input) {
        try {
            var query = Query.parse(new String(input, (input.length & 1) == 0 ? UTF_8 : ISO_8859_1));
            var matcher = new Matcher(query, Samples.COLUMNS);
            matched += (matcher.matches(FIXED) ? 1 : 0) + (matcher.matches(new Row(input)) ? 1 : 0);
        } catch (StoreException e) {
            if (e.code().category() != ErrorCode.Category.CALLER) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        Judge.holds(matched >= 0, "counted wrong");
    }
}
