// swift-tools-version: 6.2
import PackageDescription

/// Benchmarks are a package of their own, so that a plain build of Daybook never fetches what only
/// they need.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "daybook-benchmarks",
  dependencies: [
    .package(name: "daybook", path: ".."),
    // Without its default traits: jemalloc is neither linked nor needed.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // What snapshots are measured against; its name is not that of Daybook's own.
    .systemLibrary(
      name: "BenchmarkLZ4", path: "BenchmarkLZ4", pkgConfig: "liblz4",
      providers: [.apt(["liblz4-dev"])]),
    // Whole queries over millions of events: `swift run -c release query-benchmarks`.
    .executableTarget(
      name: "query-benchmarks",
      dependencies: [
        "BenchmarkLZ4", .product(name: "DaybookEngine", package: "daybook"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "QueryBenchmarks", resources: [.embedInCode("queries.sql")], swiftSettings: strict),
    // One kernel each: `swift package benchmark`.
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        .product(name: "DaybookEngine", package: "daybook"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "KernelBenchmarks", swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ],
  swiftLanguageModes: [.v6]
)
