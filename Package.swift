// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of Daybook is built with. `CONTRIBUTING.md` says why.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// C kernels are optimised in debug builds too: at -O0 they would dominate every test.
let optimised: [CSetting] = [.unsafeFlags(["-O3"])]

func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name), "EngineTesting"] + dependencies,
    exclude: exclude, swiftSettings: strict)
}

/// Tests of a module that knows no engine: they build without it.
func unitTests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
    swiftSettings: strict)
}

let package = Package(
  name: "daybook",
  products: [
    .executable(name: "daybook", targets: ["daybook"]),
    .library(
      name: "DaybookEngine",
      targets: [
        "Sketches", "ColumnStore", "QueryLanguage", "QueryPlanning", "QueryExecution",
        "Persistence", "ResultFormats",
        "Engine", "Ingestion", "SampleData", "CKernels",
      ]),
    .library(name: "DaybookClient", targets: ["DaybookClient"]),
    .library(name: "DaybookHummingbird", targets: ["DaybookHummingbird"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // Only for the service, above the engine: the engine and its tests build without them.
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: []),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // C libraries, installed by `make setup`.
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(
      name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(
      name: "CPgQuery", providers: [.apt(["libpg-query-dev", "libprotobuf-c-dev"])]),
    .target(
      name: "CSimdJSON", cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [.linkedLibrary("simdjson")]),
    .target(name: "CLineEditor", linkerSettings: [.linkedLibrary("edit")]),
    .target(name: "CKernels", cSettings: optimised),
    // The dashboard's files, in the binary: there is nothing to install beside it.
    .target(name: "WebPages", exclude: ["site"]),

    // The engine, from the bottom up: a module imports only what stands above it here.
    module("Sketches", ["CXXHash"]),
    module("ColumnStore", ["Sketches", "CKernels", "CXXHash", "CLZ4"]),
    module("QueryLanguage", ["CPgQuery"]),
    // Who asks; imports nothing.
    module("AccessControl"),
    module("QueryPlanning", ["QueryLanguage", "AccessControl", "ColumnStore", "Sketches"]),
    module("QueryExecution", ["QueryPlanning", "ColumnStore", "Sketches", "CKernels"]),
    module("ResultFormats", ["QueryExecution", "ColumnStore"]),
    module("Persistence", ["ColumnStore", "Sketches", "CLZ4", "CXXHash"]),
    module("Ingestion", ["QueryLanguage", "ColumnStore", "CSimdJSON", "CLZ4", "CZlib", "CXXHash"]),
    module(
      "Engine",
      [
        "Ingestion", "ResultFormats", "QueryExecution", "QueryPlanning", "QueryLanguage",
        "Persistence", "AccessControl", "ColumnStore",
        "Sketches",
      ]
    ),
    // What tokens and resources cost, from when on.
    module("Pricing", ["AccessControl", "ColumnStore"]),
    module(
      "Analytics",
      [
        "Engine", "QueryExecution", "QueryPlanning", "QueryLanguage", "Pricing", "AccessControl",
        "ColumnStore", "Sketches",
      ]),

    // The service's ground: who a caller is, and what the service is told at its start.
    module(
      "Authentication",
      [
        "AccessControl", "Persistence",
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    module(
      "ServiceSetup",
      [
        "AccessControl", "Authentication", "QueryLanguage", "ColumnStore",
        .product(name: "Configuration", package: "swift-configuration"),
      ]),
    module(
      "Platform",
      [
        "Engine", "QueryPlanning", "QueryLanguage", "ColumnStore", "AccessControl",
        "Authentication", "Persistence", "Pricing",
      ]),
    module(
      "Intake",
      [
        "Pricing", "Ingestion", "ColumnStore", "AccessControl", "Authentication", "CSimdJSON",
        "CXXHash",
        "CPCRE2", "CMaxMindDB",
      ]),
    // What is wrong, and telling somebody: it knows neither tables nor the service.
    module(
      "Alerting",
      [
        "AccessControl", "Authentication",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    // What is done on a schedule.
    module(
      "Jobs",
      [
        "Alerting", "Persistence", "Platform", "Analytics", "Engine", "QueryExecution",
        "QueryPlanning", "QueryLanguage", "ColumnStore",
        "AccessControl", "Authentication", "ServiceSetup",
        .product(name: "Logging", package: "swift-log"),
      ]),
    // The service's other way in: OTLP to records. It knows no HTTP and no store.
    module("OpenTelemetry", ["CSimdJSON", "CXXHash"]),
    module(
      "HTTPServer",
      [
        "OpenTelemetry", "Jobs", "Alerting",
        "Platform", "Intake", "Analytics", "Engine", "Ingestion", "ResultFormats", "Persistence",
        "Pricing",
        "QueryPlanning",
        "ColumnStore", "QueryLanguage", "AccessControl", "Authentication", "ServiceSetup", "CZlib",
        "CXXHash", "WebPages",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ],
      // In the binary: there is nothing to install beside it.
      resources: [.embedInCode("Browser/daybook.js")]),
    module("SampleData"),
    module(
      "SampleTables",
      ["SampleData", "Platform", "Engine", "QueryLanguage", "AccessControl", "ColumnStore"]),

    // What hosts embed to send events: they know nothing of the engine or the service.
    module(
      "DaybookClient",
      [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]),
    module(
      "DaybookHummingbird",
      [
        "DaybookClient",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "daybook",
      dependencies: [
        "Engine", "Ingestion", "Analytics", "SampleData", "Persistence", "QueryExecution",
        "QueryPlanning", "ResultFormats", "ColumnStore", "QueryLanguage", "CLineEditor",
        "AccessControl", "Authentication", "ServiceSetup", "Platform", "Intake", "HTTPServer",
        "SampleTables", "Jobs", "Alerting",
        "Pricing",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // What the tests share: a row-at-a-time reference engine and seeded generators.
    .target(
      name: "EngineTesting",
      dependencies: [
        "Engine", "Ingestion", "QueryPlanning", "QueryLanguage", "ColumnStore", "Sketches",
      ],
      path: "Tests/EngineTesting", swiftSettings: strict),
    // A disk in memory that forgets and fails.
    .target(
      name: "DiskTesting", dependencies: ["Persistence"], path: "Tests/DiskTesting",
      swiftSettings: strict),
    // A server on a free port of this machine.
    .target(
      name: "LoopbackTesting",
      dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
      path: "Tests/LoopbackTesting", swiftSettings: strict),
    .executableTarget(
      name: "differential",
      dependencies: ["EngineTesting", "Engine", "QueryLanguage", "ColumnStore"],
      path: "Tests/Differential", exclude: ["compare.py", "dialect.py", "golden.py", "run"],
      swiftSettings: strict),
    // Writes until it is killed.
    .executableTarget(
      name: "KilledWriter", dependencies: ["Persistence", "ColumnStore"],
      path: "Tests/KilledWriter", swiftSettings: strict),
    tests("Sketches", [], exclude: ["Golden"]),
    tests("ColumnStore", ["Sketches"]),
    tests("QueryLanguage", []),
    tests("QueryPlanning", ["QueryLanguage", "ColumnStore"]),
    tests(
      "QueryExecution",
      ["Engine", "QueryLanguage", "QueryPlanning", "ColumnStore", "Sketches", "CKernels"]),
    tests(
      "Persistence", ["ColumnStore", "Sketches", "DiskTesting", "Engine", "QueryLanguage", "CLZ4"],
      exclude: ["Golden"]),
    tests("Engine", ["ColumnStore", "Ingestion", "QueryLanguage", "AccessControl"]),
    tests("Ingestion", ["Engine", "ColumnStore"]),
    tests(
      "Analytics",
      [
        "Pricing", "AccessControl", "Engine", "SampleData", "Ingestion", "ColumnStore",
        "QueryLanguage", "Platform",
      ]),
    tests("SampleData", []),
    tests(
      "SampleTables",
      ["SampleData", "Platform", "Engine", "ColumnStore", "AccessControl", "QueryLanguage"]),
    unitTests("Pricing", ["AccessControl"]),
    unitTests("AccessControl", []),
    unitTests(
      "Authentication",
      [
        "AccessControl", "Persistence", "DiskTesting", .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    tests(
      "Intake",
      [
        "Pricing", "Platform", "Engine", "ColumnStore", "Persistence", "AccessControl",
        "Authentication",
        "DiskTesting",
      ]),
    unitTests("ServiceSetup", ["AccessControl"]),
    tests(
      "Platform",
      [
        "Pricing", "Engine", "QueryPlanning", "QueryLanguage", "ColumnStore", "AccessControl",
        "Authentication", "Persistence", "DiskTesting",
      ]),
    tests(
      "HTTPServer",
      [
        "Pricing", "Engine", "Ingestion", "Persistence", "ColumnStore", "QueryLanguage",
        "AccessControl",
        "Authentication",
        "ServiceSetup", "Platform", "Intake", "Jobs", "Alerting", "DiskTesting", "QueryPlanning",
        "CZlib",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    unitTests(
      "Alerting",
      [
        "AccessControl", "Authentication", "LoopbackTesting",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    tests(
      "Jobs",
      [
        "Alerting", "Persistence", "DiskTesting", "Platform", "Analytics", "Engine",
        "QueryPlanning", "QueryLanguage", "ColumnStore",
        "AccessControl", "Authentication", "ServiceSetup",
        .product(name: "Logging", package: "swift-log"),
      ]),
    unitTests("OpenTelemetry", []),
    unitTests(
      "DaybookClient",
      [
        "LoopbackTesting",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    unitTests(
      "DaybookHummingbird",
      [
        "DaybookClient", "daybook",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "daybook", "KilledWriter", "EngineTesting", "Engine", "QueryExecution", "ColumnStore",
        "Persistence",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx17
)
