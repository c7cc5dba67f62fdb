package sherd.engine.planted.unmarked.disk;

record Unmarked(int size) {}
