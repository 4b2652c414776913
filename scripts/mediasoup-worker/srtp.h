// The C API of libsrtp 3.0, as far as the mediasoup worker uses it, on top of
// libsrtp 2: lengths are size_t, input and output are apart, and some names
// are shorter.
#pragma once
#include <srtp2/srtp.h>
#include <cstddef>
#include <cstdint>
#include <cstring>

// Only used as keys of an error string map; both are within the range of the 2.5 enum.
static constexpr srtp_err_status_t srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
static constexpr srtp_err_status_t srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

// Both take the SSRC in network byte order, which is what mediasoup passes.
inline srtp_err_status_t srtp_stream_remove(srtp_t ctx, uint32_t ssrc)
{
  return srtp_remove_stream(ctx, ssrc);
}

namespace ms_srtp_shim
{
  using Fn = srtp_err_status_t (*)(srtp_t, void*, int*);

  inline srtp_err_status_t InPlace(Fn fn, srtp_t ctx, void* data, size_t* len)
  {
    int l          = static_cast<int>(*len);
    const auto err = fn(ctx, data, &l);

    if (err == srtp_err_status_ok)
    {
      *len = static_cast<size_t>(l);
    }

    return err;
  }

  inline srtp_err_status_t InOut(
    Fn fn, srtp_t ctx, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t room)
  {
    // Same as libsrtp3: protect needs room for the trailer.
    if (*outLen < inLen + room)
    {
      return srtp_err_status_buffer_small;
    }

    if (in != out)
    {
      std::memmove(out, in, inLen);
    }

    size_t len     = inLen;
    const auto err = InPlace(fn, ctx, out, &len);

    if (err == srtp_err_status_ok)
    {
      *outLen = len;
    }

    return err;
  }
} // namespace ms_srtp_shim

#define MS_SRTP_SHIM(name, room, ...)                                                              \
  inline srtp_err_status_t name(srtp_t ctx, uint8_t* data, size_t* len)                          \
  {                                                                                              \
    return ms_srtp_shim::InPlace(static_cast<ms_srtp_shim::Fn>(&::name), ctx, data, len);      \
  }                                                                                              \
  inline srtp_err_status_t name(                                                                 \
    srtp_t ctx, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen __VA_ARGS__)       \
  {                                                                                              \
    return ms_srtp_shim::InOut(                                                                \
      static_cast<ms_srtp_shim::Fn>(&::name), ctx, in, inLen, out, outLen, room);              \
  }
#define MS_SRTP_MKI_ARG , size_t /*mki_index, unused: no MKI*/
// 16 = biggest auth tag mediasoup uses (GCM); +4 = SRTCP index (E flag).
MS_SRTP_SHIM(srtp_protect, 16, MS_SRTP_MKI_ARG)
MS_SRTP_SHIM(srtp_protect_rtcp, 20, MS_SRTP_MKI_ARG)
MS_SRTP_SHIM(srtp_unprotect, 0, )
MS_SRTP_SHIM(srtp_unprotect_rtcp, 0, )
#undef MS_SRTP_SHIM
#undef MS_SRTP_MKI_ARG
