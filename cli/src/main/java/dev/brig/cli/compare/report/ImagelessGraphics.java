package dev.brig.cli.compare.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Image;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;

/// Drawing without pictures: charts have none.
abstract class ImagelessGraphics extends Graphics2D {
  @Override
  public boolean drawImage(Image image, AffineTransform at, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public void drawImage(BufferedImage image, BufferedImageOp operation, int x, int y) {
    throw noImage();
  }

  @Override
  public void drawRenderedImage(RenderedImage image, AffineTransform at) {
    throw noImage();
  }

  @Override
  public void drawRenderableImage(RenderableImage image, AffineTransform at) {
    throw noImage();
  }

  @Override
  public boolean drawImage(Image image, int x, int y, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, int width, int height, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public boolean drawImage(Image image, int x, int y, Color color, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, int width, int height, Color color, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public boolean drawImage(
      Image image, int a, int b, int c, int d, int e, int f, int g, int h, ImageObserver observer) {
    throw noImage();
  }

  @Override
  public boolean drawImage(
      Image image,
      int a,
      int b,
      int c,
      int d,
      int e,
      int f,
      int g,
      int h,
      Color color,
      ImageObserver observer) {
    throw noImage();
  }

  private static UnsupportedOperationException noImage() {
    return new UnsupportedOperationException("charts have no images");
  }

  @Override
  public void copyArea(int x, int y, int width, int height, int dx, int dy) {
    throw noImage();
  }
}
