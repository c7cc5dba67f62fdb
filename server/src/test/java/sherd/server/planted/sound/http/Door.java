package sherd.server.planted.sound.http;

public final class Door {}
