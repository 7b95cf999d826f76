@main struct Differential {
  static func main() {}
}
