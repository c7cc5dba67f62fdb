package sherd.server.planted.doors.http;

public final class Neighbour {}
