package sherd.server.planted.rooms.http;

public record Door() {}
