// SPDX-License-Identifier: GPL-2.0-or-later
// The ancestors that the classes we offer inherit from. No provider answers for them by themselves.
//
// Ownership  static storage.
// Source     DMTF CIM schema 2.32; names, types, order, versions and units are those of existing SCX clients.
#pragma once

#include "core/cim/class_decl.h"

namespace muster::cim {

extern const ClassDecl kCimManagedElement;
extern const ClassDecl kCimManagedSystemElement;
extern const ClassDecl kCimLogicalElement;
extern const ClassDecl kCimEnabledLogicalElement;
extern const ClassDecl kCimLogicalDevice;
extern const ClassDecl kCimMediaAccessDevice;
extern const ClassDecl kCimDiskDrive;
extern const ClassDecl kCimServiceAccessPoint;
extern const ClassDecl kCimProtocolEndpoint;
extern const ClassDecl kCimLanEndpoint;
extern const ClassDecl kCimIpProtocolEndpoint;
extern const ClassDecl kCimLogicalFile;
extern const ClassDecl kCimStatisticalData;
extern const ClassDecl kCimNetworkPortStatistics;
extern const ClassDecl kCimEthernetPortStatistics;
extern const ClassDecl kCimOperatingSystem;
extern const ClassDecl kCimFileSystem;
extern const ClassDecl kCimProcess;
extern const ClassDecl kCimUnixProcess;
extern const ClassDecl kCimStatisticalInformation;
extern const ClassDecl kCimUnixProcessStatisticalInformation;
extern const ClassDecl kScxStatisticalInformation;

}  // namespace muster::cim
