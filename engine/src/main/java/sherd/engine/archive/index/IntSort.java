package sherd.engine.archive.index;

/** Merge sort of ints by an order that looks them up elsewhere. */
final class IntSort {
    /** Negative if the first comes first. */
    interface Order {
        int compare(int left, int right);
    }

    private static final int SMALL = 8;

    private IntSort() {}

    /** The numbers below {@code count}, in order. */
    static int[] sorted(int count, Order order) {
        var items = new int[count];
        for (int i = 0; i < count; i++) {
            items[i] = i;
        }
        sort(items.clone(), items, 0, count, order);
        return items;
    }

    /** Sorts a range of {@code to}; {@code from} holds the same and is scratch. */
    private static void sort(int[] from, int[] to, int start, int end, Order order) {
        if (end - start < SMALL) {
            for (int i = start + 1; i < end; i++) {
                int item = to[i];
                int k = i;
                for (; k > start && order.compare(item, to[k - 1]) < 0; k--) {
                    to[k] = to[k - 1];
                }
                to[k] = item;
            }
            return;
        }
        int middle = (start + end) >>> 1;
        sort(to, from, start, middle, order);
        sort(to, from, middle, end, order);
        int left = start;
        int right = middle;
        for (int k = start; k < end; k++) {
            boolean takeLeft = right == end || (left < middle && order.compare(from[left], from[right]) <= 0);
            to[k] = takeLeft ? from[left++] : from[right++];
        }
    }
}
