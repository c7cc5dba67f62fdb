package sherd.engine.archive.index;

import java.util.Arrays;

/**
 * Sorts numbers by what they stand for elsewhere. Most of the order is that of a key each, unsigned, of which as many
 * upper bits are sorted as leave room for the number beside them; the rest is a merge sort of what is equal so far.
 */
final class IntSort {
    /** Upper bits first in the order. */
    interface Key {
        long of(int item);
    }

    /** Negative if the first comes first. */
    interface Order {
        int compare(int left, int right);
    }

    private static final int SMALL = 8;

    private IntSort() {}

    /** The numbers below {@code count}, in an order that never contradicts that of their keys. */
    static int[] sorted(int count, Key key, Order order) {
        int shift = Integer.SIZE - Integer.numberOfLeadingZeros(count);
        long itemBits = (1L << shift) - 1;
        var keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = ((key.of(i) & ~itemBits) | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        var items = new int[count];
        for (int i = 0; i < count; i++) {
            items[i] = (int) (keys[i] & itemBits);
        }
        var scratch = new int[0];
        for (int start = 0; start < count; ) {
            int end = start + 1;
            while (end < count && (keys[end] ^ keys[start]) >>> shift == 0) {
                end++;
            }
            if (end - start >= SMALL && scratch.length == 0) {
                scratch = new int[count];
            }
            if (end - start > 1) {
                sort(items, scratch, start, end, order);
            }
            start = end;
        }
        return items;
    }

    private static void sort(int[] items, int[] scratch, int start, int end, Order order) {
        if (end - start < SMALL) {
            insert(items, start, end, order);
        } else {
            System.arraycopy(items, start, scratch, start, end - start);
            merge(scratch, items, start, end, order);
        }
    }

    private static void insert(int[] items, int start, int end, Order order) {
        for (int i = start + 1; i < end; i++) {
            int item = items[i];
            int k = i;
            for (; k > start && order.compare(item, items[k - 1]) < 0; k--) {
                items[k] = items[k - 1];
            }
            items[k] = item;
        }
    }

    /** Sorts a range of {@code to}; {@code from} holds the same and is scratch. */
    private static void merge(int[] from, int[] to, int start, int end, Order order) {
        if (end - start < SMALL) {
            insert(to, start, end, order);
            return;
        }
        int middle = (start + end) >>> 1;
        merge(to, from, start, middle, order);
        merge(to, from, middle, end, order);
        int left = start;
        int right = middle;
        for (int k = start; k < end; k++) {
            boolean takeLeft = right == end || (left < middle && order.compare(from[left], from[right]) <= 0);
            to[k] = takeLeft ? from[left++] : from[right++];
        }
    }
}
