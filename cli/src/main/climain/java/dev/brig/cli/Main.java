package dev.brig.cli;
public final class Main { private Main(){} public static void main(String[] a){ for(String s:a) if(!s.startsWith("-")&&!s.equals("ps"))System.err.println("["+s+"]"); } }
