@preconcurrency import Glibc

/// What is known about the terminal behind a file descriptor.
package struct Terminal: Sendable {
  /// `nil` where there is none, but a pipe or a file.
  package let width: Int?
  package let hasColor: Bool

  package var isTerminal: Bool { width != nil }

  package init(width: Int?, hasColor: Bool) {
    self.width = width
    self.hasColor = hasColor
  }

  package init(_ descriptor: Int32) {
    guard isatty(descriptor) == 1 else {
      self.init(width: nil, hasColor: false)
      return
    }
    var size = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    self.init(
      width: known ? Int(size.ws_col) : 80,
      // https://no-color.org: set to anything but nothing.
      hasColor: Self.variable("NO_COLOR") == nil && Self.variable("TERM") != "dumb")
  }

  package static var output: Terminal { Terminal(STDOUT_FILENO) }
  package static var error: Terminal { Terminal(STDERR_FILENO) }
  package static var isInputTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// An environment variable; `nil` also where it is empty.
  package static func variable(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}

/// The few ways in which text stands out. All of them read well without colour.
package enum TextStyle: String {
  case bold = "1"
  case dim = "2"
  case green = "32"
  case red = "31"
  case blue = "34"
}

extension String {
  package func styled(_ style: TextStyle, if enabled: Bool) -> String {
    enabled ? "\u{1b}[\(style.rawValue)m\(self)\u{1b}[0m" : self
  }
}
