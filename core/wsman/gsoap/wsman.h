// SPDX-License-Identifier: GPL-2.0-or-later
// Input of soapcpp2, not of the compiler: the header blocks and the fault that Muster writes.
// Nothing here is ever read by gSOAP's parser in production; core/wsman/writer.cc is the only user.
// A trailing underscore does not reach the wire: it gives one element two spellings, with and without
// mustUnderstand.

//gsoap wsa schema namespace: http://schemas.xmlsoap.org/ws/2004/08/addressing
//gsoap wsman schema namespace: http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd
//gsoap wsen schema namespace: http://schemas.xmlsoap.org/ws/2004/09/enumeration
//gsoap wse schema namespace: http://schemas.xmlsoap.org/ws/2004/08/eventing

typedef char* xsd__anyURI;
typedef char* xsd__duration;
typedef unsigned LONG64 xsd__unsignedLong;

struct wsa__ReplyToType
{
  xsd__anyURI wsa__Address 1:1;
};

struct wsman__SelectorType
{
  char* __item;
  @ char* Name 1:1;
};

struct wsman__SelectorSetType
{
  int __sizeSelector 0:1000;
  struct wsman__SelectorType* wsman__Selector;
};

// Why a header block was refused (SOAP 1.2 part 1, 5.4.8) and which envelope is understood (5.4.7).
struct SOAP_ENV__NotUnderstoodType
{
  @ char* xmlns__n 0:1;
  @ char* qname 1:1;
};

struct SOAP_ENV__SupportedEnvelopeType
{
  @ char* qname 1:1;
};

struct SOAP_ENV__UpgradeType
{
  struct SOAP_ENV__SupportedEnvelopeType SOAP_ENV__SupportedEnvelope 1:1;
};

struct SOAP_ENV__Header
{
  struct SOAP_ENV__UpgradeType* SOAP_ENV__Upgrade 0:1;
  int __sizeNotUnderstood 0:64;
  struct SOAP_ENV__NotUnderstoodType* SOAP_ENV__NotUnderstood;
  xsd__anyURI wsa__To 0:1;
  xsd__anyURI wsa__Action 0:1;
  mustUnderstand xsd__anyURI wsa__Action_ 0:1;
  xsd__anyURI wsa__MessageID 0:1;
  xsd__anyURI wsa__RelatesTo 0:1;
  struct wsa__ReplyToType* wsa__ReplyTo 0:1;
  mustUnderstand xsd__anyURI wsman__ResourceURI 0:1;
  mustUnderstand xsd__unsignedLong* wsman__MaxEnvelopeSize 0:1;
  xsd__duration wsman__OperationTimeout 0:1;
  struct wsman__SelectorSetType* wsman__SelectorSet 0:1;
  xsd__unsignedLong* wsman__TotalItemsCountEstimate 0:1;
};

struct SOAP_ENV__Detail
{
  xsd__anyURI wsman__FaultDetail 0:1;
  int __sizeFilterDialect 0:64;
  xsd__anyURI* wsen__SupportedDialect;
  int __sizeFragmentDialect 0:64;
  xsd__anyURI* wsman__SupportedDialect;
  int __sizeEventDialect 0:64;
  xsd__anyURI* wse__SupportedDialect;
  int __sizeDeliveryMode 0:64;
  xsd__anyURI* wse__SupportedDeliveryMode;
};
