internal import Glibc

/// What the operating system says of this process: `/proc/self`.
struct ProcessUsage {
  var cpuSeconds = 0.0
  var residentByteCount = 0
  var virtualByteCount = 0
  var openFileCount = 0
  var largestFileCount = 0
  var startSeconds = 0.0

  init() {
    // After the name, which stands in parentheses and may hold anything.
    let fields =
      Self.read("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    func number(_ field: Int) -> Double {
      // Counted as in proc(5), where the state is field 3.
      fields.indices.contains(field - 3) ? Double(fields[field - 3]) ?? 0 : 0
    }
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    cpuSeconds = (number(14) + number(15)) / ticks
    virtualByteCount = Int(number(23))
    residentByteCount = Int(number(24)) * Int(getpagesize())
    startSeconds = Self.bootSeconds + number(22) / ticks
    openFileCount = Self.openFiles
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      largestFileCount = Int(clamping: limit.rlim_cur)
    }
  }

  private static var bootSeconds: Double {
    let line = read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    return line.flatMap { Double($0.dropFirst(6)) } ?? 0
  }

  private static var openFiles: Int {
    guard let folder = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Without `.`, `..` and the folder itself.
    return max(0, count - 3)
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += block[..<count]
    }
  }
}
