package sherd.engine.archive.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sherd.engine.schema.ColumnType;

/** Many rows at once are judged as one after the other is. */
final class RowsMatcherTest {
    private static final long SEED = Long.getLong("sherd.seed", System.nanoTime());

    private record Column(String name, ColumnType type, boolean searched, boolean hidden) implements SearchColumn {}

    private static final List<Column> COLUMNS = List.of(
            new Column("line", ColumnType.STRING, true, false),
            new Column("n", ColumnType.INT32, false, false),
            new Column("level", ColumnType.STRING, true, false),
            new Column("note", ColumnType.STRING, false, false));

    /** Few letters in any case, so that everything happens often: signs that differ from them by a bit, others that fold. */
    private static final List<String> LETTERS = List.of(
            "a", "b", "A", "B", "_", "1", "0", "a", "b", " ", " ", "-", ".", "@", "\u0001", "\u0010", "\u0011", "!",
            "é", "ａ", "ª", "\u0301", "漢", "\u212A", "k");

    private final Random random = new Random(SEED);

    private String text() {
        var text = new StringBuilder();
        int letters = random.nextInt(8) == 0 ? LETTERS.size() : 18;
        for (int length = random.nextInt(random.nextInt(20) == 0 ? 200 : 20); length > 0; length--) {
            text.append(LETTERS.get(random.nextInt(letters)));
        }
        return text.toString();
    }

    private String word() {
        var word = new StringBuilder();
        for (int length = 1 + random.nextInt(4); length > 0; length--) {
            word.append("abk10_".charAt(random.nextInt(6)));
        }
        return word.toString();
    }

    private String query(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 10)) {
            case 0, 1, 2, 3 -> word();
            case 4 -> word() + "*";
            case 5 -> "*" + word() + "*";
            case 6 ->
                word() + List.of("-", ".", "@").get(random.nextInt(3)) + word() + (random.nextBoolean() ? "*" : "");
            case 7 -> "\"" + word() + " " + word() + "\"";
            case 8 -> "level:" + word();
            case 9 -> random.nextBoolean() ? "note:" + word() : "*";
            case 10, 11 -> "(" + query(depth - 1) + ") (" + query(depth - 1) + ")";
            case 12 -> "(" + query(depth - 1) + ") OR (" + query(depth - 1) + ")";
            default -> "NOT (" + query(depth - 1) + ")";
        };
    }

    /** Rows as bytes, for one after the other and for all at once. */
    private final class Batch {
        private final List<byte[][]> rows = new ArrayList<>();
        private final TextRows[] texts = {new TextRows(), new TextRows(), new TextRows(), new TextRows()};

        Batch(int count) {
            for (int row = 0; row < count; row++) {
                rows.add(new byte[][] {text().getBytes(UTF_8), {}, text().getBytes(UTF_8), text().getBytes(UTF_8)});
            }
            for (int column = 0; column < texts.length; column++) {
                fill(column);
            }
        }

        private void fill(int column) {
            var all = new ByteArrayOutputStream();
            rows.forEach(row -> all.writeBytes(row[column]));
            var text = texts[column];
            text.room(rows.size(), all.size());
            System.arraycopy(all.toByteArray(), 0, text.bytes(), 0, all.size());
            int at = 0;
            for (int row = 0; row < rows.size(); row++) {
                text.starts()[row] = at;
                at += rows.get(row)[column].length;
            }
            text.starts()[rows.size()] = at;
        }

        RowView view(int row) {
            return new RowView() {
                @Override
                public boolean isNull(int column) {
                    return false;
                }

                @Override
                public long getLong(int column) {
                    throw new AssertionError("no numbers are asked for");
                }

                @Override
                public double getDouble(int column) {
                    throw new AssertionError("no numbers are asked for");
                }

                @Override
                public int length(int column) {
                    return rows.get(row)[column].length;
                }

                @Override
                public void copyBytes(int column, byte[] target, int offset) {
                    System.arraycopy(rows.get(row)[column], 0, target, offset, length(column));
                }
            };
        }
    }

    @Test
    void rowsAreKeptThatMatchOneByOne() {
        System.out.println("seed=" + SEED);
        int found = 0;
        for (int i = 0; i < 300; i++) {
            var text = query(2);
            var query = Query.parse(text).bind(COLUMNS);
            var matcher = new Matcher(query, COLUMNS);
            var many = RowsMatcher.of(query, COLUMNS).orElseThrow();
            for (int batch = 0; batch < 3; batch++) {
                int count = 1 + random.nextInt(150);
                var rows = new Batch(count);
                var asked = new BitSet();
                for (int row = 0; row < count; row++) {
                    asked.set(row, random.nextInt(4) > 0);
                }
                var wanted = new BitSet();
                asked.stream().filter(row -> matcher.matches(rows.view(row))).forEach(wanted::set);
                many.keep(rows.texts, rows::view, asked);
                assertThat(asked).as("seed=%d query=%s", SEED, text).isEqualTo(wanted);
                found += wanted.cardinality();
            }
        }
        assertThat(found).as("rows found").isGreaterThan(1000);
    }

    @Test
    void aQueryThatAsksForNumbersIsLeftToOthers() {
        for (var query : List.of("n:1", "a n:1", "a OR NOT n:1", "level:*")) {
            assertThat(RowsMatcher.of(Query.parse(query).bind(COLUMNS), COLUMNS))
                    .as(query)
                    .isEmpty();
        }
    }
}
