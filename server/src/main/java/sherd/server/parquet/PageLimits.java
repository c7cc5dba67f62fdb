package sherd.server.parquet;

/** How much one page of a column may hold: less when there are many columns, each of which has a page in hand. */
record PageLimits(int rows, int bytes) {
    private static final int MOST_ROWS = 20_000;
    private static final int LEAST_ROWS = 1024;
    private static final int ALL_ROWS = 2 << 20;
    private static final int MOST_BYTES = 1 << 20;
    private static final int LEAST_BYTES = 16 << 10;
    private static final int ALL_BYTES = 16 << 20;

    static PageLimits of(int columns) {
        return new PageLimits(
                Math.clamp(ALL_ROWS / columns, LEAST_ROWS, MOST_ROWS),
                Math.clamp(ALL_BYTES / columns, LEAST_BYTES, MOST_BYTES));
    }
}
