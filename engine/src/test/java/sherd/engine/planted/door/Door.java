package sherd.engine.planted.door;

public final class Door {}
