// SPDX-License-Identifier: GPL-2.0-or-later
// The ancestors of disks and network interfaces.
#include "core/cim/schema.h"

namespace muster::cim {
namespace {

constexpr Property kCimLogicalDeviceProperties[] = {
    {"SystemCreationClassName", Type::string, Role::key},
    {"SystemName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
    {"DeviceID", Type::string, Role::key},
    {"PowerManagementSupported", Type::boolean},
    {"PowerManagementCapabilities", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"Availability", Type::uint16},
    {"StatusInfo", Type::uint16},
    {"LastErrorCode", Type::uint32},
    {"ErrorDescription", Type::string},
    {"ErrorCleared", Type::boolean},
    {"OtherIdentifyingInfo", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"PowerOnHours", Type::uint64, Role::value, Unit::hours},
    {"TotalPowerOnHours", Type::uint64, Role::value, Unit::hours},
    {"IdentifyingDescriptions", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"AdditionalAvailability", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"MaxQuiesceTime", Type::uint64, Role::value, Unit::milliseconds},
};

constexpr Property kCimMediaAccessDeviceProperties[] = {
    {"Capabilities", Type::uint16, Role::value, Unit::none, {}, Shape::array},
    {"CapabilityDescriptions", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"ErrorMethodology", Type::string},
    {"CompressionMethod", Type::string},
    {"NumberOfMediaSupported", Type::uint32},
    {"MaxMediaSize", Type::uint64},
    {"DefaultBlockSize", Type::uint64, Role::value, Unit::bytes},
    {"MaxBlockSize", Type::uint64, Role::value, Unit::bytes},
    {"MinBlockSize", Type::uint64, Role::value, Unit::bytes},
    {"NeedsCleaning", Type::boolean},
    {"MediaIsLocked", Type::boolean},
    {"Security", Type::uint16},
    {"LastCleaned", Type::datetime},
    {"MaxAccessTime", Type::uint64, Role::value, Unit::milliseconds},
    {"UncompressedDataRate", Type::uint32, Role::value, Unit::kilobytes_per_second},
    {"LoadTime", Type::uint64, Role::value, Unit::milliseconds},
    {"UnloadTime", Type::uint64, Role::value, Unit::milliseconds},
    {"MountCount", Type::uint64},
    {"TimeOfLastMount", Type::datetime},
    {"TotalMountTime", Type::uint64},
    {"UnitsDescription", Type::string},
    {"MaxUnitsBeforeCleaning", Type::uint64},
    {"UnitsUsed", Type::uint64},
};

constexpr Property kCimServiceAccessPointProperties[] = {
    {"Name", Type::string, Role::key},
    {"SystemCreationClassName", Type::string, Role::key},
    {"SystemName", Type::string, Role::key},
    {"CreationClassName", Type::string, Role::key},
};

constexpr Property kCimProtocolEndpointProperties[] = {
    {"NameFormat", Type::string},
    {"ProtocolType", Type::uint16},
    {"ProtocolIFType", Type::uint16},
    {"OtherTypeDescription", Type::string},
};

constexpr Property kCimLanEndpointProperties[] = {
    {"LANID", Type::string},
    {"LANType", Type::uint16},
    {"OtherLANType", Type::string},
    {"MACAddress", Type::string},
    {"AliasAddresses", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"GroupAddresses", Type::string, Role::value, Unit::none, {}, Shape::array},
    {"MaxDataSize", Type::uint32, Role::value, Unit::bits},
};

constexpr Property kCimIpProtocolEndpointProperties[] = {
    {"IPv4Address", Type::string},      {"IPv6Address", Type::string},
    {"Address", Type::string},          {"SubnetMask", Type::string},
    {"PrefixLength", Type::uint8},      {"AddressType", Type::uint16},
    {"IPVersionSupport", Type::uint16}, {"AddressOrigin", Type::uint16},
    {"IPv6AddressType", Type::uint16},  {"IPv6SubnetPrefixLength", Type::uint16},
};

constexpr Property kCimStatisticalDataProperties[] = {
    {"InstanceID", Type::string, Role::key},
    {"StartStatisticTime", Type::datetime},
    {"StatisticTime", Type::datetime},
    {"SampleInterval", Type::datetime},
};

constexpr Property kCimNetworkPortStatisticsProperties[] = {
    {"BytesTransmitted", Type::uint64, Role::value, Unit::bytes},
    {"BytesReceived", Type::uint64, Role::value, Unit::bytes},
    {"PacketsTransmitted", Type::uint64},
    {"PacketsReceived", Type::uint64},
};

constexpr Property kCimEthernetPortStatisticsProperties[] = {
    {"SymbolErrors", Type::uint32},
    {"AlignmentErrors", Type::uint32},
    {"FCSErrors", Type::uint32},
    {"SingleCollisionFrames", Type::uint32},
    {"MultipleCollisionFrames", Type::uint32},
    {"SQETestErrors", Type::uint32},
    {"DeferredTransmissions", Type::uint32},
    {"LateCollisions", Type::uint32},
    {"ExcessiveCollisions", Type::uint32},
    {"InternalMACTransmitErrors", Type::uint32},
    {"InternalMACReceiveErrors", Type::uint32},
    {"CarrierSenseErrors", Type::uint32},
    {"FrameTooLongs", Type::uint32},
};

}  // namespace

constexpr ClassDecl kCimLogicalDevice{"CIM_LogicalDevice",
                                      &kCimEnabledLogicalElement,
                                      "2.8.0",
                                      "A piece of hardware as software sees it.",
                                      kCimLogicalDeviceProperties,
                                      Standing::abstract};
constexpr ClassDecl kCimMediaAccessDevice{"CIM_MediaAccessDevice", &kCimLogicalDevice, "2.6.0",
                                          "A device that reads and writes media.",
                                          kCimMediaAccessDeviceProperties};
constexpr ClassDecl kCimDiskDrive{"CIM_DiskDrive", &kCimMediaAccessDevice, "2.6.0", "A disk.", {}};
constexpr ClassDecl kCimServiceAccessPoint{
    "CIM_ServiceAccessPoint",          &kCimEnabledLogicalElement,       "2.10.0",
    "Where a service can be reached.", kCimServiceAccessPointProperties, Standing::abstract};
constexpr ClassDecl kCimProtocolEndpoint{"CIM_ProtocolEndpoint", &kCimServiceAccessPoint, "2.15.0",
                                         "Where a protocol's messages come and go.",
                                         kCimProtocolEndpointProperties};
constexpr ClassDecl kCimLanEndpoint{"CIM_LANEndpoint", &kCimProtocolEndpoint, "2.7.0",
                                    "A network interface in its local network.", kCimLanEndpointProperties};
constexpr ClassDecl kCimIpProtocolEndpoint{"CIM_IPProtocolEndpoint", &kCimProtocolEndpoint, "2.32.0",
                                           "A network interface in the Internet protocol.",
                                           kCimIpProtocolEndpointProperties};
constexpr ClassDecl kCimStatisticalData{"CIM_StatisticalData",
                                        &kCimManagedElement,
                                        "2.19.0",
                                        "Root of counters that say when they were taken.",
                                        kCimStatisticalDataProperties,
                                        Standing::abstract};
constexpr ClassDecl kCimNetworkPortStatistics{"CIM_NetworkPortStatistics", &kCimStatisticalData, "2.10.0",
                                              "What has passed a network port.",
                                              kCimNetworkPortStatisticsProperties};
constexpr ClassDecl kCimEthernetPortStatistics{
    "CIM_EthernetPortStatistics", &kCimNetworkPortStatistics, "2.10.0",
    "What has passed an Ethernet port, and what went wrong.", kCimEthernetPortStatisticsProperties};

}  // namespace muster::cim
