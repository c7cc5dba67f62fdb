package sherd.engine.planted.upward.table;

public final class Table {}
