package sherd.server.planted.unmarked.http;

record Unmarked(int size) {}
