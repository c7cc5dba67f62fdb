package sherd.bench.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sherd.engine.archive.text.TermSink;
import sherd.engine.archive.text.Tokenizer;

/** Every row of every term, held as it is, to compute what other forms of lists would take. */
final class Postings {
    private static final int BLOCK_ROWS = 64;

    /** The rows of one term. */
    private static final class Rows {
        private int[] rows = new int[2];
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

    private final Collection<Rows> lists;
    private final int blocks;

    private Postings(Collection<Rows> lists, int blocks) {
        this.lists = lists;
        this.blocks = blocks;
    }

    static Postings of(List<byte[]> lines) {
        Map<String, Rows> rowsOf = new HashMap<>();
        var tokenizer = new Tokenizer();
        for (int i = 0; i < lines.size(); i++) {
            int row = i;
            tokenizer.tokenize(lines.get(i), 0, lines.get(i).length, new TermSink() {
                @Override
                public void word(byte[] buffer, int offset, int length) {
                    rowsOf.computeIfAbsent(new String(buffer, offset, length, ISO_8859_1), term -> new Rows())
                            .add(row);
                }

                @Override
                public void compound(byte[] buffer, int offset, int length) {
                    word(buffer, offset, length);
                }
            });
        }
        return new Postings(rowsOf.values(), (lines.size() + BLOCK_ROWS - 1) / BLOCK_ROWS);
    }

    long pairs() {
        return lists.stream().mapToLong(list -> list.count).sum();
    }

    /** Bytes of all lists if terms of fewer rows are exact, and those in so great a share of the blocks keep nothing. */
    long listBytes(int exactBelow, double everywhere) {
        long sum = 0;
        for (var list : lists) {
            sum += list.count < exactBelow ? rowBytes(list) : blockBytes(list, everywhere);
        }
        return sum;
    }

    private static long rowBytes(Rows list) {
        long bytes = 0;
        int before = 0;
        for (int i = 0; i < list.count; i++) {
            bytes += varBytes(list.rows[i] - before);
            before = list.rows[i];
        }
        return bytes;
    }

    private long blockBytes(Rows list, double everywhere) {
        int count = 0;
        long gaps = 0;
        long runs = 0;
        int last = -1;
        int start = 0;
        for (int i = 0; i < list.count; i++) {
            int block = list.rows[i] / BLOCK_ROWS;
            if (block == last) {
                continue;
            }
            gaps += varBytes(block - Math.max(last, 0));
            if (last < 0 || block != last + 1) {
                runs += last < 0 ? 0 : varBytes(last + 1 - start);
                runs += varBytes(block - (last + 1));
                start = block;
            }
            last = block;
            count++;
        }
        runs += varBytes(last + 1 - start);
        return count >= everywhere * blocks ? 0 : Math.min(last / 8 + 1, Math.min(gaps, runs));
    }

    private static int varBytes(int value) {
        return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
    }
}
