// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/cim/schema.h"

namespace muster::cim {
namespace {

constexpr Property kCimManagedElementProperties[] = {
    {"InstanceID", Type::string},
    {"Caption", Type::string},
    {"Description", Type::string},
    {"ElementName", Type::string},
};

constexpr Property kCimManagedSystemElementProperties[] = {
    {"InstallDate", Type::datetime},
    {"Name", Type::string},
    {"OperationalStatus", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"StatusDescriptions", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"Status", Type::string},
    {"HealthState", Type::uint16},
    {"CommunicationStatus", Type::uint16},
    {"DetailedStatus", Type::uint16},
    {"OperatingStatus", Type::uint16},
    {"PrimaryStatus", Type::uint16},
};

constexpr Property kCimEnabledLogicalElementProperties[] = {
    {"EnabledState", Type::uint16},
    {"OtherEnabledState", Type::string},
    {"RequestedState", Type::uint16},
    {"EnabledDefault", Type::uint16},
    {"TimeOfLastStateChange", Type::datetime},
    {"AvailableRequestedStates", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"TransitioningToState", Type::uint16},
};

constexpr Property kCimLogicalFileProperties[] = {
    {"Name", Type::string, Role::key},
    {"CSCreationClassName", Type::string, Role::key},
    {"CSName", Type::string, Role::key},
    {"FSCreationClassName", Type::string, Role::key},
    {"FSName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
    {"FileSize", Type::uint64, Role::value, Unit::bytes},
    {"CreationDate", Type::datetime},
    {"LastModified", Type::datetime},
    {"LastAccessed", Type::datetime},
    {"Readable", Type::boolean},
    {"Writeable", Type::boolean},
    {"Executable", Type::boolean},
    {"CompressionMethod", Type::string},
    {"EncryptionMethod", Type::string},
    {"InUseCount", Type::uint64},
};

constexpr Property kCimOperatingSystemProperties[] = {
    {"Name", Type::string, Role::key},
    {"CSCreationClassName", Type::string, Role::key},
    {"CSName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
    {"OSType", Type::uint16},
    {"OtherTypeDescription", Type::string},
    {"Version", Type::string},
    {"LastBootUpTime", Type::datetime},
    {"LocalDateTime", Type::datetime},
    {"CurrentTimeZone", Type::sint16, Role::value, Unit::minutes},
    {"NumberOfLicensedUsers", Type::uint32},
    {"NumberOfUsers", Type::uint32},
    {"NumberOfProcesses", Type::uint32},
    {"MaxNumberOfProcesses", Type::uint32},
    {"TotalSwapSpaceSize", Type::uint64, Role::value, Unit::kilobytes},
    {"TotalVirtualMemorySize", Type::uint64, Role::value, Unit::kilobytes},
    {"FreeVirtualMemory", Type::uint64, Role::value, Unit::kilobytes},
    {"FreePhysicalMemory", Type::uint64, Role::value, Unit::kilobytes},
    {"TotalVisibleMemorySize", Type::uint64, Role::value, Unit::kilobytes},
    {"SizeStoredInPagingFiles", Type::uint64, Role::value, Unit::kilobytes},
    {"FreeSpaceInPagingFiles", Type::uint64, Role::value, Unit::kilobytes},
    {"MaxProcessMemorySize", Type::uint64, Role::value, Unit::kilobytes},
    {"Distributed", Type::boolean},
    {"MaxProcessesPerUser", Type::uint32},
};

constexpr Property kCimFileSystemProperties[] = {
    {"Name", Type::string, Role::key},
    {"CSCreationClassName", Type::string, Role::key},
    {"CSName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
    {"Root", Type::string},
    {"BlockSize", Type::uint64, Role::value, Unit::bytes},
    {"FileSystemSize", Type::uint64, Role::value, Unit::bytes},
    {"AvailableSpace", Type::uint64, Role::value, Unit::bytes},
    {"ReadOnly", Type::boolean},
    {"EncryptionMethod", Type::string},
    {"CompressionMethod", Type::string},
    {"CaseSensitive", Type::boolean},
    {"CasePreserved", Type::boolean},
    {"CodeSet", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"MaxFileNameLength", Type::uint32},
    {"ClusterSize", Type::uint32},
    {"FileSystemType", Type::string},
    {"PersistenceType", Type::uint16},
    {"OtherPersistenceType", Type::string},
    {"NumberOfFiles", Type::uint64},
};

constexpr Property kCimProcessProperties[] = {
    {"Name", Type::string},
    {"CSCreationClassName", Type::string, Role::key},
    {"CSName", Type::string, Role::key},
    {"OSCreationClassName", Type::string, Role::key},
    {"OSName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
    {"Handle", Type::string, Role::key},
    {"Priority", Type::uint32},
    {"ExecutionState", Type::uint16},
    {"OtherExecutionDescription", Type::string},
    {"CreationDate", Type::datetime},
    {"TerminationDate", Type::datetime},
    {"KernelModeTime", Type::uint64, Role::value, Unit::milliseconds},
    {"UserModeTime", Type::uint64, Role::value, Unit::milliseconds},
    {"WorkingSetSize", Type::uint64, Role::value, Unit::bytes},
};

constexpr Property kCimUnixProcessProperties[] = {
    {"ParentProcessID", Type::string},
    {"RealUserID", Type::uint64},
    {"ProcessGroupID", Type::uint64},
    {"ProcessSessionID", Type::uint64},
    {"ProcessTTY", Type::string},
    {"ModulePath", Type::string},
    {"Parameters", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"ProcessNiceValue", Type::uint32},
    {"ProcessWaitingForEvent", Type::string},
};

constexpr Property kCimStatisticalInformationProperties[] = {
    {"Name", Type::string},
};

constexpr Property kCimUnixProcessStatisticalInformationProperties[] = {
    {"Name", Type::string, Role::key},
    {"CSCreationClassName", Type::string, Role::key},
    {"CSName", Type::string, Role::key},
    {"OSCreationClassName", Type::string, Role::key},
    {"OSName", Type::string, Role::key},
    {"Handle", Type::string, Role::key},
    {"ProcessCreationClassName", Type::string, Role::key},
    {"CPUTime", Type::uint32, Role::value, Unit::percent},
    {"RealText", Type::uint64, Role::value, Unit::kilobytes},
    {"RealData", Type::uint64, Role::value, Unit::kilobytes},
    {"RealStack", Type::uint64, Role::value, Unit::kilobytes},
    {"VirtualText", Type::uint64, Role::value, Unit::kilobytes},
    {"VirtualData", Type::uint64, Role::value, Unit::kilobytes},
    {"VirtualStack", Type::uint64, Role::value, Unit::kilobytes},
    {"VirtualMemoryMappedFileSize", Type::uint64, Role::value, Unit::kilobytes},
    {"VirtualSharedMemory", Type::uint64, Role::value, Unit::kilobytes},
    {"CpuTimeDeadChildren", Type::uint64, Role::value, Unit::clock_ticks},
    {"SystemTimeDeadChildren", Type::uint64, Role::value, Unit::clock_ticks},
};

constexpr Property kScxStatisticalInformationProperties[] = {
    {"IsAggregate", Type::boolean},
};

}  // namespace

constexpr ClassDecl kCimManagedElement{
    "CIM_ManagedElement",         nullptr,           "2.19.0", "Root of everything that can be managed.",
    kCimManagedElementProperties, Standing::abstract};
constexpr ClassDecl kCimManagedSystemElement{"CIM_ManagedSystemElement",
                                             &kCimManagedElement,
                                             "2.28.0",
                                             "A part of a system, with its state of health.",
                                             kCimManagedSystemElementProperties,
                                             Standing::abstract};
constexpr ClassDecl kCimLogicalElement{"CIM_LogicalElement",
                                       &kCimManagedSystemElement,
                                       "2.6.0",
                                       "A part that exists in software or by arrangement.",
                                       {},
                                       Standing::abstract};
constexpr ClassDecl kCimEnabledLogicalElement{"CIM_EnabledLogicalElement",
                                              &kCimLogicalElement,
                                              "2.22.0",
                                              "A logical part that can be switched on and off.",
                                              kCimEnabledLogicalElementProperties,
                                              Standing::abstract};
constexpr ClassDecl kCimLogicalFile{"CIM_LogicalFile", &kCimLogicalElement, "2.6.0",
                                    "A named sequence of bytes in a file system.", kCimLogicalFileProperties};
constexpr ClassDecl kCimOperatingSystem{"CIM_OperatingSystem", &kCimEnabledLogicalElement, "2.23.0",
                                        "The software that runs a computer and shares out its resources.",
                                        kCimOperatingSystemProperties};
constexpr ClassDecl kCimFileSystem{"CIM_FileSystem", &kCimEnabledLogicalElement, "2.7.0",
                                   "A place where files are kept, with its size and its rules.",
                                   kCimFileSystemProperties};
constexpr ClassDecl kCimProcess{"CIM_Process", &kCimEnabledLogicalElement, "2.10.0", "One running program.",
                                kCimProcessProperties};
constexpr ClassDecl kCimUnixProcess{"CIM_UnixProcess", &kCimProcess, "2.6.0",
                                    "One running program as UNIX sees it.", kCimUnixProcessProperties};
constexpr ClassDecl kCimStatisticalInformation{
    "CIM_StatisticalInformation",         &kCimManagedElement, "2.6.0", "Root of collections of statistics.",
    kCimStatisticalInformationProperties, Standing::abstract};
constexpr ClassDecl kCimUnixProcessStatisticalInformation{
    "CIM_UnixProcessStatisticalInformation", &kCimStatisticalInformation, "2.6.0",
    "What a process has taken of the machine.", kCimUnixProcessStatisticalInformationProperties};
constexpr ClassDecl kScxStatisticalInformation{"SCX_StatisticalInformation", &kCimStatisticalInformation,
                                               "1.3.0", "Statistics that may sum up several objects.",
                                               kScxStatisticalInformationProperties};

}  // namespace muster::cim
